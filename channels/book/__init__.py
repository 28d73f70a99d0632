"""All that Camille can say, as one page to read or to print: for who must judge it, not for who uses it."""
