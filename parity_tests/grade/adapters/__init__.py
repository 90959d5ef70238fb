"""The grader behind other graders: nbgrader, otter-grader and PrairieLearn keep the marks, this one says why.

python -m parity_tests.grade.adapters.nbgrader FOLDER          a source notebook for each exercise
python -m parity_tests.grade.adapters.otter FOLDER             a test file for each function
python -m parity_tests.grade.adapters.prairielearn FILE JSON   marks a file, and writes PrairieLearn's results
"""
