"""The parts of ``examples/distributed.py``: what starts the workers, what one worker does, and what it checks."""

# A number of files and of sentences a batch that divide by many numbers of workers, so that all of these train alike.
NUM_SHARDS = 12
BATCH_SIZE = 48
WORKERS = (1, 2, 3, 4, 6, 12)
# How a worker ends that may be started again: EX_TEMPFAIL of sysexits.h, which Python knows on Unix alone.
TRY_AGAIN = 75
