# mistake: The whole row is turned round, the padding included, so that the padding comes first.

def reverse_rows(inputs, sequence_length):
    """Turn the first T_b steps of each row b round.

    - ``inputs`` [B, T, D]. ``sequence_length`` [B].

    Return ``turned`` [B, T, D], a new array.
    """
    # reversed_{b,t} = inputs_{b, T_b − 1 − t}
    turned = inputs[:, ::-1].copy()
    return turned


def reverse_rows_backward(sequence_length, d_turned):
    """Compute the gradient of the inputs.

    - ``sequence_length`` [B]. ``d_turned`` [B, T, D]: the gradient of what ``reverse_rows`` returned.

    Return ``d_inputs`` [B, T, D].
    """
    # reversed_{b,t} = inputs_{b, T_b − 1 − t}
    d_inputs = d_turned.copy()
    for b, length in enumerate(sequence_length):
        d_inputs[b, :length] = d_turned[b, :length][::-1]
    return d_inputs
