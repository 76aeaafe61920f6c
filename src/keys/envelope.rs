//! Values under the organization's data key, the data key under the master key. What does not open is named.

use super::{
    MasterKeys, Secret,
    cipher::{self, Bytes32, Sealed},
    data_keys_store as store,
};
use crate::{
    db::TenantTx,
    error::{Error, Result},
    ids::{KeyId, OrganizationId, TriggerId},
    random,
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Authenticated along with every value: a ciphertext copied to another row, key name or organization does not open.
fn bound(organization: OrganizationId, id: KeyId, name: &str) -> Vec<u8> {
    [b"toolcrib key\0".as_slice(), organization.0.as_bytes(), id.0.as_bytes(), name.as_bytes()].concat()
}

fn broken(what: String) -> Error {
    tracing::error!("{what}");
    Error::Unavailable(what)
}

/// The organization's data key; made when it has none yet.
async fn data_key(tx: &mut TenantTx, masters: &MasterKeys, organization: OrganizationId) -> Result<Bytes32> {
    if let Some(stored) = store::data_key(tx, organization, false).await? {
        return unwrap(masters, organization, &stored);
    }
    // A rotation waits for this before it calls itself done; see `rotate`.
    store::hold_rotation(tx).await?;
    let master = masters.wrapping()?;
    let fresh: Bytes32 = Zeroizing::new(random::bytes());
    let wrapped = master.wrap(organization, &fresh).ok_or_else(|| Error::internal("a data key could not be wrapped"))?;
    store::insert_data_key(tx, organization, master.id(), &wrapped).await?;
    // Somebody else may have been first: what is stored counts.
    let stored = store::data_key(tx, organization, false).await?.ok_or_else(|| Error::internal("a data key vanished"))?;
    unwrap(masters, organization, &stored)
}

/// Opens a stored data key with whichever master key wrapped it.
pub(super) fn unwrap(masters: &MasterKeys, organization: OrganizationId, stored: &store::DataKey) -> Result<Bytes32> {
    let Some(master) = masters.find(&stored.master_key_id)? else {
        return Err(broken(format!(
            "The data key of organization {organization} is wrapped with the master key {}, which this server does not have.",
            stored.master_key_id
        )));
    };
    master.unwrap(organization, &stored.wrapped).ok_or_else(|| {
        broken(format!(
            "The data key of organization {organization} does not open: it was changed in the database, or copied from another organization."
        ))
    })
}

/// Tells whether two requests of an organization are the same one, and says nothing of them to who has the database alone: a body may hold
/// the value of a key, and of a hash that needs no secret, guesses could be tried. It stays the same through a rotation of the master key.
pub(crate) async fn fingerprint(tx: &mut TenantTx, masters: &MasterKeys, organization: OrganizationId, parts: &[&[u8]]) -> Result<Vec<u8>> {
    let unusable = |_| Error::internal("a data key cannot be used for a fingerprint");
    let data_key = data_key(tx, masters, organization).await?;
    // A key of its own for this purpose.
    let mut own = Hmac::<Sha256>::new_from_slice(data_key.as_slice()).map_err(unusable)?;
    own.update(b"toolcrib fingerprint of a request\0");
    let own: Bytes32 = Zeroizing::new(own.finalize().into_bytes().into());
    let mut mac = Hmac::<Sha256>::new_from_slice(own.as_slice()).map_err(unusable)?;
    for part in parts {
        // With its length, so that nothing moves from one part into the next unnoticed.
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    Ok(mac.finalize().into_bytes().to_vec())
}

/// Encrypts a value for its row.
pub(super) async fn seal(
    tx: &mut TenantTx,
    masters: &MasterKeys,
    organization: OrganizationId,
    id: KeyId,
    name: &str,
    value: &Secret,
) -> Result<Sealed> {
    let key = data_key(tx, masters, organization).await?;
    cipher::seal(&key, value.expose().as_bytes(), &bound(organization, id, name))
        .ok_or_else(|| Error::internal("a value could not be sealed"))
}

/// Decrypts the value of a row.
pub(super) async fn open(
    tx: &mut TenantTx,
    masters: &MasterKeys,
    organization: OrganizationId,
    id: KeyId,
    name: &str,
    sealed: &Sealed,
) -> Result<Secret> {
    let key = data_key(tx, masters, organization).await?;
    let plain = cipher::open(&key, sealed, &bound(organization, id, name));
    plain.and_then(|plain| std::str::from_utf8(&plain).ok().map(Secret::from)).ok_or_else(|| {
        broken(format!("The value of the key “{name}” ({id}) does not open: it was changed in the database, or copied from another row."))
    })
}

/// Authenticated along with the secret of a trigger.
fn bound_to_trigger(organization: OrganizationId, id: TriggerId) -> Vec<u8> {
    [b"toolcrib trigger\0".as_slice(), organization.0.as_bytes(), id.0.as_bytes()].concat()
}

/// Encrypts the secret of a trigger for its row.
pub(crate) async fn seal_for_trigger(
    tx: &mut TenantTx,
    masters: &MasterKeys,
    organization: OrganizationId,
    id: TriggerId,
    secret: &Secret,
) -> Result<Sealed> {
    let key = data_key(tx, masters, organization).await?;
    cipher::seal(&key, secret.expose().as_bytes(), &bound_to_trigger(organization, id))
        .ok_or_else(|| Error::internal("a trigger's secret could not be sealed"))
}

/// Decrypts secrets of a trigger's row: the one that counts, and the one before.
pub(crate) async fn open_of_trigger(
    tx: &mut TenantTx,
    masters: &MasterKeys,
    organization: OrganizationId,
    id: TriggerId,
    sealed: &[Sealed],
) -> Result<Vec<Secret>> {
    let key = data_key(tx, masters, organization).await?;
    let open = |sealed: &Sealed| {
        let plain = cipher::open(&key, sealed, &bound_to_trigger(organization, id));
        plain.and_then(|plain| std::str::from_utf8(&plain).ok().map(Secret::from)).ok_or_else(|| {
            broken(format!("The secret of the trigger {id} does not open: it was changed in the database, or copied from another row."))
        })
    };
    sealed.iter().map(open).collect()
}
