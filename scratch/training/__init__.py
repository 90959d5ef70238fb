"""What stands between the outputs of a recurrent network and its next weights."""
