//! What a configuration names must be there: numbers and agents of the organization.

use super::{sms, transfer_call};
use crate::{
    db::TenantTx,
    error::Result,
    phone_numbers,
    problem::FieldError,
    tools::{Kind, NewTool},
};

/// Says what `tool` names and nobody has. Inside the wall, so that another organization's are not there.
pub(in crate::tools) async fn check_stored(tx: &mut TenantTx, tool: &NewTool, errors: &mut Vec<FieldError>) -> Result<()> {
    match tool.kind {
        Kind::Sms => {
            if let Some(sms::From::SpecificNumber { phone_number_id }) = sms::from(&tool.config_metadata)
                && phone_numbers::store::find(tx, phone_number_id).await?.is_none()
            {
                errors.push(FieldError::new(
                    "config_metadata/from/phone_number_id",
                    "The organization has no such number. Add it under Settings → Phone numbers.",
                ));
            }
        }
        Kind::TransferCall => {
            for (index, destination) in transfer_call::destinations(&tool.config_metadata).into_iter().enumerate() {
                if let transfer_call::Target::Agent { agent_id } = destination.target
                    && crate::agents::store::display_name(tx, agent_id).await?.is_none()
                {
                    errors.push(FieldError::new(format!("config_metadata/destinations/{index}/agent_id"), "There is no such agent."));
                }
            }
        }
        _ => {}
    }
    Ok(())
}
