//! Names of upstream tools in our own alphabet.

/// `getWeather.v2` → `get_weather_v2`; `prefix` stands before what would otherwise be too short or begin with a digit.
#[must_use]
pub fn propose(upstream: &str, prefix: &str) -> String {
    let mut name = String::new();
    let mut before = ' ';
    for c in upstream.chars() {
        if c.is_ascii_alphanumeric() {
            if c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) && !name.ends_with('_') {
                name.push('_');
            }
            name.push(c.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
        before = c;
    }
    let name = name.trim_matches('_');
    let name = if name.len() < 2 || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        format!("{prefix}_{name}").trim_end_matches('_').to_owned()
    } else {
        name.to_owned()
    };
    name.chars().take(50).collect::<String>().trim_end_matches('_').to_owned()
}

/// The same for a whole list: two upstream names that would become one get numbers.
#[must_use]
pub fn propose_all<'a>(upstream: impl IntoIterator<Item = &'a str>, prefix: &str) -> Vec<String> {
    let mut taken: Vec<String> = Vec::new();
    for name in upstream {
        let first = propose(name, prefix);
        let mut proposed = first.clone();
        let mut number = 2;
        while taken.contains(&proposed) {
            let end = format!("_{number}");
            proposed = format!("{}{end}", first.chars().take(50 - end.len()).collect::<String>());
            number += 1;
        }
        taken.push(proposed);
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::check_name;

    #[test]
    fn every_proposal_fits_the_rules() {
        for (upstream, expected) in [
            ("getWeather.v2", "get_weather_v2"),
            ("get-weather", "get_weather"),
            ("HTTPRequest", "httprequest"),
            ("x", "weather_x"),
            ("2fa", "weather_2fa"),
            ("__", "weather"),
            ("日本", "weather"),
        ] {
            let name = propose(upstream, "weather");
            assert_eq!(name, expected);
            let mut errors = Vec::new();
            check_name("name", &name, &mut errors);
            assert!(errors.is_empty(), "{name}");
        }
        assert!(propose(&"long_".repeat(30), "weather").len() <= 50);
    }

    #[test]
    fn two_that_would_be_one_get_numbers() {
        assert_eq!(propose_all(["get.it", "get-it", "getIt"], "a"), ["get_it", "get_it_2", "get_it_3"]);
    }
}
