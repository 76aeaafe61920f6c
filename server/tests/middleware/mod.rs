mod bodies;
mod forms;
mod headers;
mod origin;
