"""Time a training step of recurrent networks: ours on NumPy and Numba, and every other implementation installed.

Each implementation has a process of its own; they start from the same weights, and one that computes other numbers than
the rest is reported and makes the command end non-zero. Then they are timed in turn, in rounds. The tables say how long
a step takes, how long the first one took, how much memory the process needed, and how near it is to what the machine
can do at all. `docs/jit/benchmark.md` says how it is measured.
"""

import json
import tempfile
from functools import partial

from common import end, make_console, make_parser, make_progress, parse, plt, save

from peers import PEERS, TRAINERS
from peers.arguments import add_arguments
from peers.bench import Bench, ProgramBench
from peers.machine import describe_machine, machine_lines
from peers.pictures import draw_bars, draw_sweep
from peers.programs import PROGRAMS
from peers.report import LIMIT, SUMMARY, markdown, print_table, show, summary
from peers.workloads import GROUPS as KINDS
from peers.workloads import WORKLOADS as STEPS

from scratch.files import write_text

WORKLOADS = {**STEPS, **PROGRAMS}
GROUPS = {**KINDS, "whole": list(PROGRAMS)}
# Whoever has either: a step of a recurrence, or one of a program.
EVERYONE = {**PEERS, **TRAINERS}


def write_results(all_found, machine, arguments):
    options = {name: getattr(arguments, name) for name in ("rounds", "seed", "patience")}
    results = {"machine": machine, "options": options, "workloads": [found.as_json() for found in all_found]}
    write_text(arguments.out / "results.json", json.dumps(results, indent=1) + "\n")
    write_text(arguments.out / "results.md", markdown(all_found, machine_lines(machine)))


def draw_all(all_found, out, console):
    sweeps = {letter: [found for found in all_found if found.name in GROUPS[letter]] for letter in "TH"}
    others = [found for found in all_found if not any(found in sweep for sweep in sweeps.values()) and found.timed()]
    if others:
        save(partial(draw_bars, others, plt), out / "benchmark.png", console)
    for letter, sweep in sweeps.items():
        if any(found.timed() for found in sweep):
            save(partial(draw_sweep, sweep, letter, plt), out / f"sweep_{letter}.png", console)


def parse_benchmark(argv):
    parser = make_parser(__doc__, "benchmark", 0, "the weights and the data")
    choices = (*GROUPS, *WORKLOADS)
    parser.add_argument("--workload", nargs="+", choices=choices, default=["W"], metavar="NAME", help="(default W)")
    add_arguments(parser, EVERYONE)
    parser.add_argument(
        "--no-cold", dest="cold", action="store_false", help="do not compile Numba's functions anew to time it"
    )
    parser.add_argument("--list", action="store_true", help="name the workloads and the implementations, and end")
    arguments = parse(parser, argv)
    wanted = [name for word in arguments.workload for name in GROUPS.get(word, [word])]
    arguments.workload = list(dict.fromkeys(wanted))
    return arguments


def print_list(console):
    for name, workload in WORKLOADS.items():
        console.print(f"{name:<10} {workload.describe()}", highlight=False, soft_wrap=True)
    for group, names in GROUPS.items():
        console.print(f"{group:<10} {', '.join(names)}", highlight=False, soft_wrap=True)
    for name, peer in EVERYONE.items():
        console.print(
            f"{name:<13}" + (f" not installed: {', '.join(peer.missing())}" if peer.missing() else " installed")
        )


def main(argv=None):
    arguments, console = parse_benchmark(argv), make_console()
    if arguments.list:
        print_list(console)
        return 0
    machine, all_found = describe_machine(arguments.threads), []
    for line in machine_lines(machine):
        console.print(line, highlight=False)
    with make_progress(console, transient=True) as bar:
        task = bar.add_task("", total=len(arguments.workload))
        for name in arguments.workload:
            with tempfile.TemporaryDirectory() as folder:
                kind, table = (ProgramBench, TRAINERS) if name in PROGRAMS else (Bench, PEERS)
                bench = kind(
                    name,
                    WORKLOADS[name],
                    {peer: table[peer] for peer in arguments.peers if peer in table},
                    arguments,
                    folder,
                    lambda words, at=name: bar.update(task, description=f"{at}: {words}"),
                )
                all_found.append(bench.run())
            show(all_found[-1], bar.console)
            # After every workload, so that a long run that is stopped leaves what it has found.
            write_results(all_found, machine, arguments)
            bar.advance(task)
    if len(all_found) > 1 and (rows := list(summary(all_found))):
        console.print("\nAll workloads", style="bold")
        print_table(SUMMARY, rows, console)
    draw_all(all_found, arguments.out, console)
    console.print(f"results: {arguments.out / 'results.json'}, {arguments.out / 'results.md'}", soft_wrap=True)
    if any(found.wrong() for found in all_found):
        console.print("[red]Not all implementations agree[/red]: see above, in red.")
        return 1
    worst = max((row.off for found in all_found for row in found.rows if row.off is not None), default=0.0)
    console.print(
        f"[green]All agree with the reference[/green]: largest difference {worst:.1e} of the scale, limit {LIMIT:.0e}."
    )
    return 0


if __name__ == "__main__":
    end(main)
