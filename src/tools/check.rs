//! Rules every tool obeys, checked all at once.
