//! How a request authenticates, as flat text.

use serde::{Deserialize, Serialize};
use toolcrib::tools::{ApiSpec, AuthIn, AuthType, Oauth2, Oauth2ClientAuth, Oauth2Grant};

/// What the form sends of it. Fields that the chosen type has no use for are left alone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuthForm {
    pub kind: String,
    /// The name of the key.
    pub key: String,
    pub place: String,
    pub name: String,
    pub token_url: String,
    pub grant: String,
    pub scopes: String,
    pub audience: String,
    pub client_id: String,
    pub client_auth: String,
}

impl AuthForm {
    pub(super) fn of(spec: &ApiSpec) -> Self {
        let oauth2 = spec.oauth2.clone();
        let of = |get: fn(&Oauth2) -> String| oauth2.as_ref().map(get).unwrap_or_default();
        Self {
            kind: spec.auth_type.as_str().to_owned(),
            key: spec.auth_key_name.clone().unwrap_or_default(),
            place: spec.auth_in.map(|place| place.as_str().to_owned()).unwrap_or_default(),
            name: spec.auth_name.clone().unwrap_or_default(),
            token_url: of(|oauth2| oauth2.token_url.clone()),
            grant: of(|oauth2| oauth2.grant.as_str().to_owned()),
            scopes: of(|oauth2| oauth2.scopes.join(" ")),
            audience: of(|oauth2| oauth2.audience.clone().unwrap_or_default()),
            client_id: of(|oauth2| oauth2.client_id.clone().unwrap_or_default()),
            client_auth: of(|oauth2| oauth2.client_auth.as_str().to_owned()),
        }
    }

    #[must_use]
    pub fn auth_type(&self) -> AuthType {
        AuthType::parse(&self.kind).unwrap_or_default()
    }

    /// Into the request.
    pub(super) fn fill(&self, spec: &mut ApiSpec) {
        let given = |text: &String| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        spec.auth_type = self.auth_type();
        if spec.auth_type != AuthType::None {
            spec.auth_key_name = given(&self.key);
        }
        if spec.auth_type == AuthType::ApiKey {
            spec.auth_in = AuthIn::parse(&self.place);
            spec.auth_name = given(&self.name);
        }
        if spec.auth_type == AuthType::Oauth2 {
            spec.oauth2 = Some(Oauth2 {
                token_url: self.token_url.trim().to_owned(),
                grant: Oauth2Grant::parse(&self.grant).unwrap_or(Oauth2Grant::ClientCredentials),
                scopes: self.scopes.split_whitespace().map(str::to_owned).collect(),
                audience: given(&self.audience),
                client_id: given(&self.client_id),
                client_auth: Oauth2ClientAuth::parse(&self.client_auth).unwrap_or(Oauth2ClientAuth::Basic),
            });
        }
    }
}

/// Where in the form a place in the request is.
pub(super) fn field_of(pointer: &str) -> Option<String> {
    Some(match pointer.trim_start_matches("/api_spec/") {
        "authType" => "/auth/kind".to_owned(),
        "authKeyName" => "/auth/key".to_owned(),
        "authIn" => "/auth/place".to_owned(),
        "authName" => "/auth/name".to_owned(),
        "oauth2" | "oauth2/tokenUrl" => "/auth/token_url".to_owned(),
        "oauth2/scopes" => "/auth/scopes".to_owned(),
        "oauth2/audience" => "/auth/audience".to_owned(),
        "oauth2/clientId" => "/auth/client_id".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_authentication_goes_through_the_form_unchanged() {
        for auth in [
            json!({"authType": "none"}),
            json!({"authType": "bearer", "authKeyName": "K"}),
            json!({"authType": "api-key", "authKeyName": "K", "authIn": "query", "authName": "k"}),
            json!({"authType": "oauth2", "authKeyName": "K", "oauth2": {"tokenUrl": "https://a.example/t", "grant": "refresh_token", "scopes": ["a", "b"],
                "audience": "x", "clientId": "c", "clientAuth": "body"}}),
        ] {
            let mut spec = auth.clone();
            (spec["baseUrl"], spec["method"]) = (json!("https://a.example"), json!("GET"));
            let spec: ApiSpec = serde_json::from_value(spec).unwrap();
            let mut again = ApiSpec { base_url: spec.base_url.clone(), method: spec.method.clone(), ..ApiSpec::default() };
            AuthForm::of(&spec).fill(&mut again);
            assert_eq!(again, spec, "{auth}");
        }
    }

    #[test]
    fn what_another_type_needs_is_left_alone() {
        let form =
            AuthForm { kind: "bearer".into(), key: " K ".into(), name: "X-Key".into(), token_url: "x".into(), ..AuthForm::default() };
        let mut spec = ApiSpec::default();
        form.fill(&mut spec);
        assert_eq!((spec.auth_key_name.as_deref(), spec.auth_name, spec.oauth2), (Some("K"), None, None));
    }
}
