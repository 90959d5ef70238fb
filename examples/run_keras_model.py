"""The name that ``run_model.py`` had: for who calls it so, in a script of their own."""

from common import end

from run_model import main

if __name__ == "__main__":
    end(main)
