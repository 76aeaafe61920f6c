//! The closed sets of words that describe a tool: kind, status, visibility, owner.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$item:meta])* $variant:ident = $word:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema))]
        #[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $(
                $(#[$item])*
                // The word as it stands here, also where it is none of snake case.
                #[serde(rename = $word)]
                #[cfg_attr(feature = "ssr", sqlx(rename = $word))]
                $variant,
            )*
        }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// For people.
            #[must_use]
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($word => Some(Self::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use words;

words! {
    /// Who does the work of a tool.
    Kind {
        ApiRequest = "api_request", "API request";
        Python = "python", "Python";
        Shell = "shell", "Shell";
        Mcp = "mcp", "MCP";
        Sms = "sms", "SMS";
        TransferCall = "transfer_call", "Call transfer";
        PipedreamAction = "pipedream_action", "Pipedream action";
        Composite = "composite", "Composite";
        Builtin = "builtin", "Built in";
    }
}

impl Kind {
    /// The kinds that can be made: those with an executor.
    pub const AVAILABLE: &[Self] =
        &[Self::ApiRequest, Self::Python, Self::Shell, Self::Mcp, Self::Sms, Self::TransferCall, Self::PipedreamAction, Self::Composite];

    #[must_use]
    pub fn is_available(self) -> bool {
        Self::AVAILABLE.contains(&self)
    }

    /// One line that says what a tool of this kind does.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::ApiRequest => "Calls an HTTP API: method, address, parameters, body template.",
            Self::Python => "Runs a Python script of yours in a sandbox.",
            Self::Shell => "Runs a shell script of yours in a sandbox.",
            Self::Mcp => "Calls a tool of an MCP server.",
            Self::Sms => "Sends text messages by Twilio.",
            Self::TransferCall => "Transfers a phone call to a person, a number or another agent.",
            Self::PipedreamAction => "Runs an action of Pipedream Connect in a user's account.",
            Self::Composite => "Runs a published workflow.",
            Self::Builtin => "Comes with Toolcrib.",
        }
    }
}

words! {
    /// Where a tool stands. See [`Status::may_become`].
    Status {
        Draft = "draft", "Draft";
        Active = "active", "Active";
        Disabled = "disabled", "Disabled";
        Deprecated = "deprecated", "Deprecated";
    }
}

impl Status {
    /// The status machine (specification §3): draft → active, active ⇄ disabled, active ⇄ deprecated; nothing else.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Draft, Self::Active)
                | (Self::Active, Self::Disabled | Self::Deprecated)
                | (Self::Disabled, Self::Active)
                | (Self::Deprecated, Self::Active)
        )
    }

    /// The statuses that may follow.
    #[must_use]
    pub fn next(self) -> Vec<Self> {
        Self::ALL.iter().copied().filter(|next| self.may_become(*next)).collect()
    }
}

words! {
    /// Who sees a tool inside the organization.
    Visibility {
        Platform = "platform", "Platform";
        Public = "public", "Public";
        Private = "private", "Private";
    }
}

words! {
    /// Whose a tool is.
    OwnerType {
        User = "user", "Person";
        Agent = "agent", "Agent";
        Platform = "platform", "Platform";
    }
}
