//! Known answers: the published AES-256-GCM vectors of Project Wycheproof (aes_gcm_test.json), all that have a 128-bit vector, among
//! them those in which the counter wraps. And what must not open.

use super::*;

/// Key, vector, plain text, sealed text, tag.
type Vector = [&'static str; 5];

#[rustfmt::skip]
const IV_128: &[Vector] = &[
    ["00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f", "5c2ea9b695fcf6e264b96074d6bfa572", "00000000000000000000000000000000000000000000000000000000000000000000000000000000", "28e1c5232f4ee8161dbe4c036309e0b3254e9212bef0a93431ce5e5604c8f6a73c18a3183018b770", "d5808a1bd11a01129bf3c6919aff2339"],
    ["00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f", "57b3a81f2c36b6b06577ca0fbab8fa8e", "00000000000000000000000000000000000000000000000000000000000000000000000000000000", "cceebeb4fe4cd90c514e52d2327a2ecd75393661006cf2476d8620149aef3d1cdce491fff3e7a7a3", "8132e865b69d64ef37db261f80cbbe24"],
    ["00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f", "ce20a7e870696a5e68533c465bad2ba1", "00000000000000000000000000000000000000000000000000000000000000000000000000000000", "4f4350565d91d9aa8c5f4048550492ad6d6fdabf66da5d1e2af7bfe1a8aadaa0baa3de38a41d9713", "155da6441ec071ef2d8e6cffbacc1c7c"],
    ["00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f", "918e3c19dbdfee2db18156c5b93f3d75", "00000000000000000000000000000000000000000000000000000000000000000000000000000000", "8316a53167b6de1a7575700693ffef274f4350565d91d9aa8c5f4048550492ad6d6fdabf66da5d1e", "6c574aa6a2490cc3b2f2f8f0ffbc56c4"],
    ["00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f", "717d900b270462b9dbf7e9419e890609", "00000000000000000000000000000000000000000000000000000000000000000000000000000000", "5175927513e751eb309f45bc2ef225f28316a53167b6de1a7575700693ffef274f4350565d91d9aa", "8082a761e1d755344bf29622144e7d39"],
    ["00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f", "ecd52120af240e9b4bf3b9d1eeb49434", "00000000000000000000000000000000000000000000000000000000000000000000000000000000", "36b3fbecd09178d04527fb37544f5579d20d60a41266f685c48098e1a52804ca387d90709d3268dd", "033e0ef2953ebfd8425737c7d393f89a"],
    ["00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f", "b37bbad104928ae89221d3520c2682e0", "00000000000000000000000000000000000000000000000000000000000000000000000000000000", "16929b773051f12b0adac95f65e21a7f36b3fbecd09178d04527fb37544f5579d20d60a41266f685", "ca448bb7e52e897eca234ef343d057d0"],
    ["00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f", "538816c3f849067cf8576cd62b90b99c", "00000000000000000000000000000000000000000000000000000000000000000000000000000000", "6d3faefaf691d58163846f8d4b9ffd5916929b773051f12b0adac95f65e21a7f36b3fbecd09178d0", "84f49740e6757f63dd0df7cb7656d0ef"],
    ["00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f", "d10e631943cd3bdababab2bbd13951c0", "00000000000000000000000000000000000000000000000000000000000000000000000000000000", "d60196c2d14fcf30c0991d2721ddc52d385f407a16691dade82c9023c855fd8e2e8fbb562102f018", "877e15d9889e69a99fcc6d727465c391"],
    ["00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f", "8ea0f8e8e87bbfa96368d83833ab4714", "00000000000000000000000000000000000000000000000000000000000000000000000000000000", "948fbceca12a6e4fabb79b6d965e336fd60196c2d14fcf30c0991d2721ddc52d385f407a16691dad", "cd5757626945976ba9f0264bd6bee894"],
    ["00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f", "7b2df4fbed1de2727eb24898e5deabb9", "00000000000000000000000000000000000000000000000000000000000000000000000000000000", "a1a0120660ff52e6b1700b12c54d2d33b94b00cd7882d8857d84e6e183a1dea6ee85a7da84fbc35d", "b015d72da62c81cb4d267253b20db9e5"],
    ["00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f", "24836f0a46ab6601a760221b074cbd6d", "00000000000000000000000000000000000000000000000000000000000000000000000000000000", "5e3434b45edbf0d1f6e02d1144dbf867a1a0120660ff52e6b1700b12c54d2d33b94b00cd7882d885", "ee74ccb30d649ebf6916d05a7dbe5696"],
    ["00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f", "00000000000000000000000000000000", "8d74f1c97243d362577ff376c393d2dc", "265c42e2b96ea1de9c24f7182e337390", "00000000000000000000000000000000"],
    ["00112233445566778899aabbccddeeff102132435465768798a9bacbdcedfe0f", "ffffffffffffffffffffffffffffffff", "884df0e76f3ce227bf9595d103825a46", "988f47668ea650cbaa6714711abe268d", "ffffffffffffffffffffffffffffffff"],
    ["b4cd11db0b3e0b9b34eafd9fe027746976379155e76116afde1b96d21298e34f", "00c49f4ebb07393f07ebc3825f7b0830", "", "", "306fe8c9645cc849823e333a685b90b2"],
    ["b7797eb0c1a6089ad5452d81fdb14828c040ddc4589c32b565aad8cb4de3e4a0", "0ad570d8863918fe89124e09d125a271", "ed", "3f", "fd8f593b83314e33c5a72efbeb7095e8"],
    ["4c010d9561c7234c308c01cea3040c925a9f324dc958ff904ae39b37e60e1e03", "2a55caa137c5b0b66cf3809eb8f730c4", "2a093c9ed72b8ff4994201e9f9e010", "041341078f0439e50b43c991635117", "5b8a2f2da20ef657c903da88ef5f57bb"],
    ["e7f7a48df99edd92b81f508618aa96526b279debd9ddb292d385ddbae80b2259", "7ee376910f08f497aa6c3aa7113697fd", "5e51dbbb861b5ec60751c0996e00527f", "469478d448f7e97d755541aa09ad95b0", "254ada5cf662d90c5e11b2bd9c4db4c4"],
    ["4f84782bfbb64a973c3de3dcfa3430367fd68bc0b4c3b31e5d7c8141ba3e6a67", "5d1bde6fa0994b33efd8f23f531248a7", "78cb6650a1908a842101ea85804fed00cc56fbdafafba0ef4d1ca607dcae57b6", "cb960201fa5ad41d41d1c2c8037c71d52b72e76b16b589d71b976627c9734c9d", "8dfce16467c3a6ebb3e7242c9a551962"],
];

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex).unwrap()
}

fn key(hex: &str) -> Bytes32 {
    Zeroizing::new(bytes(hex).try_into().unwrap())
}

#[test]
fn published_answers_with_a_128_bit_vector_come_out() {
    assert_eq!(IV_128.len(), 19);
    for [k, iv, plain, text, tag] in IV_128 {
        let sealed = seal_with(&key(k), bytes(iv).try_into().unwrap(), &bytes(plain), b"").unwrap();
        assert_eq!((hex::encode(&sealed.text), hex::encode(&sealed.tag)), ((*text).to_owned(), (*tag).to_owned()), "iv {iv}");
        assert_eq!(open(&key(k), &sealed, b"").unwrap().to_vec(), bytes(plain));
    }
}

/// The same cipher with associated data: vector 91, which has a 96-bit vector.
#[test]
fn a_published_answer_with_associated_data_comes_out() {
    let cipher = aes_gcm::Aes256Gcm::new(&Array(*key("92ace3e348cd821092cd921aa3546374299ab46209691bc28b8752d17f123c20")));
    let mut text = bytes("00010203040506070809");
    let iv: [u8; 12] = bytes("00112233445566778899aabb").try_into().unwrap();
    let tag = cipher.encrypt_inout_detached(&Array(iv), &bytes("00000000ffffffff"), text.as_mut_slice().into()).unwrap();
    assert_eq!((hex::encode(text), hex::encode(tag)), ("e27abdd2d2a53d2f136b".to_owned(), "9a4a2579529301bcfb71c78d4060f52c".to_owned()));
}

#[test]
fn one_bit_changed_anywhere_and_it_does_not_open() {
    let (right, wrong): (Bytes32, Bytes32) = (Zeroizing::new([7; 32]), Zeroizing::new([8; 32]));
    let sealed = seal(&right, b"sk-live-0123456789", b"bound").unwrap();
    assert_eq!(open(&right, &sealed, b"bound").unwrap().as_slice(), b"sk-live-0123456789");
    assert!(open(&wrong, &sealed, b"bound").is_none() && open(&right, &sealed, b"Bound").is_none());
    let mut parts: [fn(&mut Sealed) -> &mut Vec<u8>; 3] = [|s| &mut s.text, |s| &mut s.iv, |s| &mut s.tag];
    for part in &mut parts {
        for bit in 0..8 * part(&mut sealed.clone()).len() {
            let mut changed = sealed.clone();
            part(&mut changed)[bit / 8] ^= 1 << (bit % 8);
            assert!(open(&right, &changed, b"bound").is_none());
        }
        for length in [0, 1, 12, 15] {
            let mut cut = sealed.clone();
            part(&mut cut).truncate(length);
            assert!(open(&right, &cut, b"bound").is_none(), "cut to {length}");
        }
    }
}

#[test]
fn the_same_value_twice_looks_different() {
    let key: Bytes32 = Zeroizing::new([7; 32]);
    let (a, b) = (seal(&key, b"same", b"").unwrap(), seal(&key, b"same", b"").unwrap());
    assert!(a.iv != b.iv && a.text != b.text && a.tag != b.tag && a.iv.len() == 16 && a.tag.len() == 16);
}
