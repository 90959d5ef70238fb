"""From a series to the arrays a recurrent network reads."""
