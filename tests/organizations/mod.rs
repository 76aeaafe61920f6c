mod delete;
mod invitations;
mod members;
mod membership;
