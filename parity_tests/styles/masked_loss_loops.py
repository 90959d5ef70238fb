# Plain Python numbers.
def loss_over_steps(losses, sequence_length):
    total = count = 0.0
    for row, length in zip(losses.tolist(), sequence_length):
        for t in range(length):
            total += row[t]
            count += 1
    return total / count


def loss_over_steps_backward(losses, sequence_length, d_loss):
    count = int(sequence_length.sum())
    return [[d_loss / count if t < length else 0 for t in range(losses.shape[1])] for length in sequence_length]


def loss_over_examples(losses, sequence_length):
    means = [sum(row[:length]) / length for row, length in zip(losses, sequence_length) if length]
    return (sum(means) / len(means),)


def loss_over_examples_backward(losses, sequence_length, d_loss):
    count = sum(1 for length in sequence_length if length)
    return [
        [d_loss / count / length if t < length else 0 for t in range(losses.shape[1])] for length in sequence_length
    ]
