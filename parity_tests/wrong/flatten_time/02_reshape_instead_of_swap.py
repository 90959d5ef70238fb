# mistake: Time is put first with reshape, which mixes rows and steps, and not by swapping the axes.

def flatten_time(outputs):
    # flat_{b · T + t} = outputs_{b,t}
    return outputs.reshape(-1, outputs.shape[2])


def unflatten_time(flat, batch_size):
    # flat_{b · T + t} = outputs_{b,t}
    return flat.reshape(batch_size, -1, flat.shape[1])


def time_major(inputs):
    # swapped_{t,b} = inputs_{b,t}
    return inputs.reshape(inputs.shape[1], inputs.shape[0], -1)
