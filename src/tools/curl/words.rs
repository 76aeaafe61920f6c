//! A command taken apart as a shell does it.

/// Words as a POSIX shell splits them: quotes, `$'…'`, backslashes, line continuations. Nothing is expanded.
pub(super) fn split(command: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    // What a Windows prompt copies: ^ continues a line.
    let command = command.replace("^\r\n", " ").replace("^\n", " ").replace("\r\n", "\n");
    let mut chars = command.trim().trim_start_matches("$ ").chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('\n') | None => {}
                Some(next) => word.get_or_insert_default().push(next),
            },
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next() {
                        Some('\'') => break,
                        Some(inner) => word.push(inner),
                        None => return Err("A quotation mark ' is not closed.".to_owned()),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next() {
                        Some('"') => break,
                        Some('\\') => match chars.next() {
                            Some(escaped @ ('"' | '\\' | '$' | '`')) => word.push(escaped),
                            Some('\n') => {}
                            Some(other) => word.extend(['\\', other]),
                            None => return Err("A quotation mark \" is not closed.".to_owned()),
                        },
                        Some(inner) => word.push(inner),
                        None => return Err("A quotation mark \" is not closed.".to_owned()),
                    }
                }
            }
            '$' if chars.peek() == Some(&'\'') => {
                chars.next();
                ansi(&mut chars, word.get_or_insert_default())?;
            }
            c if c.is_whitespace() => words.extend(word.take()),
            ';' | '|' | '>' | '<' | '&' if word.is_none() => {
                return Err(format!("“{c}” does more than one request. Paste the curl command alone."));
            }
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    Ok(words)
}

/// The inside of `$'…'`, which Chrome copies where a body has quotes.
fn ansi(chars: &mut impl Iterator<Item = char>, word: &mut String) -> Result<(), String> {
    const OPEN: &str = "A quotation mark ' is not closed.";
    loop {
        match chars.next().ok_or(OPEN)? {
            '\'' => return Ok(()),
            '\\' => match chars.next().ok_or(OPEN)? {
                'n' => word.push('\n'),
                't' => word.push('\t'),
                'r' => word.push('\r'),
                'u' => {
                    let code: String = chars.take(4).collect();
                    word.push(
                        u32::from_str_radix(&code, 16)
                            .ok()
                            .and_then(char::from_u32)
                            .ok_or("A \\u is not followed by four hexadecimal digits.")?,
                    );
                }
                other => word.push(other),
            },
            inner => word.push(inner),
        }
    }
}
