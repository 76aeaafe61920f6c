//! One type per kind of id, so that a tool's id cannot be passed where an agent's is meant.
//! New ids are UUIDv7: ordered by time, which keeps indexes and pages in order.

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "ssr", derive(sqlx::Type, utoipa::ToSchema))]
        #[cfg_attr(feature = "ssr", sqlx(transparent))]
        #[cfg_attr(feature = "ssr", schema(value_type = uuid::Uuid))]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl $name {
            /// A new id, ordered after all earlier ones.
            #[cfg(feature = "ssr")]
            #[must_use]
            #[allow(clippy::new_without_default)]
            pub fn new() -> Self {
                Self(uuid::Uuid::now_v7())
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
        impl From<uuid::Uuid> for $name {
            fn from(id: uuid::Uuid) -> Self {
                Self(id)
            }
        }
        impl From<$name> for uuid::Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )*};
}

ids!(
    OrganizationId,
    UserId,
    UserSessionId,
    InvitationId,
    TokenId,
    AgentId,
    CategoryId,
    ToolId,
    GrantId,
    AttachmentId,
    ExecutionId,
    WorkflowId,
    RunId,
    TriggerId,
    SessionId,
    AuditEntryId,
    McpServerId,
    PhoneNumberId,
    VariableId,
    KeyId,
    OpenapiDocumentId,
    KeyMappingId,
);
