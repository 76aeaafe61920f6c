//! `hash_text`: SHA-2 digests (FIPS 180-4).

use super::{Builtin, Inputs, Kind, bounded, text};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha384, Sha512};

pub fn tool() -> Builtin {
    Builtin {
        name: "hash_text",
        display_name: "Hash text",
        description: "Computes the SHA-256, SHA-384 or SHA-512 digest of text, to compare or to recognise it again.",
        icon: "hash",
        inputs: json!({"type": "object", "additionalProperties": false, "required": ["text"], "properties": {
            "text": {"type": "string"},
            "algorithm": {"type": "string", "enum": ["sha256", "sha384", "sha512"], "default": "sha256"},
            "encoding": {"type": "string", "enum": ["hex", "base64"], "default": "hex"}
        }}),
        outputs: json!({"type": "object", "required": ["hash", "algorithm"], "properties": {"hash": {"type": "string"}, "algorithm": {"type": "string"}}}),
        examples: json!([
            {"title": "The standard's own example", "inputs": {"text": "abc"}, "outputs": {"hash": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "algorithm": "sha256"}}
        ]),
        work: Kind::Compute(compute),
    }
}

fn compute(inputs: &Inputs) -> Result<Value, String> {
    let bytes = bounded(inputs, "text")?.as_bytes();
    let algorithm = inputs.get("algorithm").and_then(Value::as_str).unwrap_or("sha256");
    let digest = match algorithm {
        "sha384" => Sha384::digest(bytes).to_vec(),
        "sha512" => Sha512::digest(bytes).to_vec(),
        _ => Sha256::digest(bytes).to_vec(),
    };
    let hash = if text(inputs, "encoding") == "base64" { STANDARD.encode(digest) } else { hex::encode(digest) };
    Ok(json!({"hash": hash, "algorithm": algorithm}))
}
