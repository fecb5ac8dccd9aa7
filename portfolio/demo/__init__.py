"""The demonstration city: public facts, an invented city, invented decisions."""
