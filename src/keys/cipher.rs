//! AES-256-GCM with a 16-byte initialization vector, the tag apart (source S5). Nothing of this product is in here.

use aes_gcm::{
    AeadInOut, AesGcm, KeyInit,
    aead::{array::Array, consts::U16},
    aes::Aes256,
};
use zeroize::Zeroizing;

type Aes256Gcm128 = AesGcm<Aes256, U16>;

/// 256 bits that open things; overwritten when they go.
pub(crate) type Bytes32 = Zeroizing<[u8; 32]>;

/// What is stored of something sealed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Sealed {
    pub text: Vec<u8>,
    pub iv: Vec<u8>,
    pub tag: Vec<u8>,
}

/// Encrypts under a fresh random vector. `bound` is authenticated along: the same has to be given to open it.
pub(crate) fn seal(key: &Bytes32, plain: &[u8], bound: &[u8]) -> Option<Sealed> {
    seal_with(key, crate::random::bytes(), plain, bound)
}

fn seal_with(key: &Bytes32, iv: [u8; 16], plain: &[u8], bound: &[u8]) -> Option<Sealed> {
    let cipher = Aes256Gcm128::new(&Array(**key));
    // Encrypted in place: the plain text has no second copy.
    let mut text = plain.to_vec();
    let tag = cipher.encrypt_inout_detached(&Array(iv), bound, text.as_mut_slice().into()).ok()?;
    Some(Sealed { text, iv: iv.to_vec(), tag: tag.to_vec() })
}

/// The plain bytes, or `None` when key, vector, tag, text or `bound` is not what it was.
pub(crate) fn open(key: &Bytes32, sealed: &Sealed, bound: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let iv: [u8; 16] = sealed.iv.as_slice().try_into().ok()?;
    let tag: [u8; 16] = sealed.tag.as_slice().try_into().ok()?;
    let cipher = Aes256Gcm128::new(&Array(**key));
    let mut text = Zeroizing::new(sealed.text.clone());
    cipher.decrypt_inout_detached(&Array(iv), bound, text.as_mut_slice().into(), &Array(tag)).ok()?;
    Some(text)
}

#[cfg(test)]
mod tests;
