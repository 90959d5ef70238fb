"""The unroller, the page of the site that one can touch: its numbers against scratch, its mistakes, its use."""
