mod bodies;
mod headers;
mod origin;
