//! `toolcrib rotate-master-key`: every organization's data key under the next master key, while servers run.

use crate::startup::{Database, master_keys};
use toolcrib::{clock::Clock, config::Config, keys::rotate::rotate_master_key, system::System};

/// Rotates, and says what it did. The error is one line for the person who typed it.
pub async fn run(config: Config) -> Result<(), String> {
    let masters = master_keys(&config)?;
    let database = Database::beside(&config).await?;
    let rotated = rotate(config, masters, &database).await;
    let closed = database.close().await;
    rotated.and(closed)
}

async fn rotate(config: Config, masters: toolcrib::keys::MasterKeys, database: &Database) -> Result<(), String> {
    let pool = database.application_pool(&config).await?;
    let system = System::new(pool, Clock::system(), config, masters);
    let report = rotate_master_key(&system, |done, of| {
        // A line for each twentieth, so that a large database is heard of too.
        if done == of || done.is_multiple_of((of / 20).max(1)) {
            println!("{done} of {of} data keys");
        }
    })
    .await
    .map_err(|error| error.to_string())?;
    system.pool.close().await;
    println!("Master key {} → {}: {} data keys wrapped anew, {} were already.", report.from, report.to, report.rewrapped, report.already);
    if !report.failed.is_empty() {
        for why in &report.failed {
            println!("{why}");
        }
        return Err(format!("{} data keys do not open, and the old master key is still needed. See above.", report.failed.len()));
    }
    if report.file_replaced {
        println!("The new master key is in the data folder; the old one is gone from it. Keep a copy of the new one somewhere safe.");
    } else {
        println!(
            "Now start every server with the new key as {} and without {}. The old one is not needed any more.",
            toolcrib::keys::master::VARIABLE,
            toolcrib::keys::master::VARIABLE_NEXT
        );
    }
    Ok(())
}
