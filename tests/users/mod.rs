mod account;
mod audit;
mod last_organization;
mod set_up;
mod sign_in;

use toolcrib::{
    organizations::{NewOrganization, Organization},
    users::{NewUser, User, Visit, set_up::set_up},
};

pub const EMAIL: &str = "ada@acme.example";
pub const PASSWORD: &str = "correct horse battery";

pub fn acme() -> NewOrganization {
    NewOrganization { name: "Acme Robotics".to_owned(), slug: String::new() }
}

pub fn ada() -> NewUser {
    NewUser { name: "Ada".to_owned(), email: " Ada@Acme.example ".to_owned(), password: PASSWORD.to_owned() }
}

/// A system that Ada has set up; the last is the value of her cookie.
pub async fn ready(test: &support::TestSystem) -> (User, Organization, String) {
    set_up(test.system(), acme(), ada(), &Visit::default()).await.unwrap()
}
