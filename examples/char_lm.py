"""Train a character language model on a text of your own; with --resume, go on where it stopped; then let it write."""

from itertools import islice
from pathlib import Path

from common import end, make_console, make_parser, make_progress, parse

import numpy as np

from scratch.files import open_file
from scratch.tasks.char_lm import Writer, make_trainer, model_of, train


def main(argv=None):
    parser = make_parser(__doc__, "char_lm", 0, "the weights, the masks and what is written")
    parser.add_argument("text", type=Path, help="a text file, UTF-8; best a hundred thousand characters or more")
    parser.add_argument("--epochs", type=int, default=10, help="in all, those before --resume too (default 10)")
    parser.add_argument("--engine", choices=("numba", "numpy"), default="numba", help="(default numba)")
    parser.add_argument("--units", type=int, default=128, help="of each of the two layers (default 128)")
    parser.add_argument("--temperature", type=float, default=0.7, help="of what is written (default 0.7)")
    parser.add_argument("--top-k", type=int, help="write with so many of the likeliest characters alone")
    parser.add_argument("--resume", action="store_true", help="go on from what was saved in --out")
    arguments, console = parse(parser, argv), make_console()
    if arguments.temperature <= 0:
        parser.error(f"--temperature must be greater than 0, but is {arguments.temperature}")
    try:
        return run(arguments, console)
    except KeyboardInterrupt as interrupt:
        words = "the same command with --resume goes on after the last epoch that was done"
        raise KeyboardInterrupt(f"stopped before the end: {words}") from interrupt
    except ValueError as error:
        # The library's own refusals name what does not fit, of the text as of the arguments.
        parser.error(f"{arguments.text}: {error}")


def run(arguments, console):
    with open_file(arguments.text) as file:
        text = file.read().decode()
    rng = np.random.default_rng(arguments.seed)
    model, saved = model_of(text, arguments.units), arguments.out / "char_lm.npz"
    trainer = make_trainer(model, model.init_params(rng), arguments.engine)
    with make_progress(console, "windows, loss {task.fields[loss]:.3f}") as progress:
        bar = progress.add_task(arguments.engine, total=None, loss=np.nan)
        for done, total, loss in train(trainer, model.numbers(text), rng, arguments.epochs, saved, arguments.resume):
            progress.update(bar, completed=done, total=total, loss=loss)
    writer = Writer(model, trainer.params, rng, text[:20], arguments.temperature, arguments.top_k, arguments.engine)
    console.print(text[:20] + "".join(islice(writer, 300)), markup=False, highlight=False, soft_wrap=True)
    console.print(f"saved: {saved}", soft_wrap=True)


if __name__ == "__main__":
    end(main)
