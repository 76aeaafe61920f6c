mod migrations;
mod role;
mod wall;
