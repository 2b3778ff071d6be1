//! Who says it: role, organization, country, whether another holds the position, and (off by default) the name.
//!
//! A back-off chain: identity, role with country, role, nothing. All levels stand side by side; an unknown speaker
//! has no identity feature at all, never a shared one for "unknown".

use crate::features::family::{Family, Sink, string_key};
use crate::features::settings::SpeakerSettings;
use crate::lang::{Language, RoleClass};
use crate::quotation::role::{country_code, organization_type, role_class};
use crate::statement::Statement;
use crate::text::text_key;

/// Statements that a speaker must have before the name becomes a feature.
pub const MIN_IDENTITY: u32 = 5;

/// Sends the speaker's properties to `sink`.
pub(super) fn emit(statement: &Statement, settings: SpeakerSettings, lang: &Language, sink: &mut impl Sink) {
    let mut send =
        |name: String| sink.feature(Family::Speaker, string_key(Family::Speaker, &name), None, || name.clone());
    let role = statement.role.as_deref().and_then(|r| role_class(r, lang)).map(RoleClass::name);
    let country = statement.country.as_deref().and_then(|c| country_code(c, lang));
    if settings.role
        && let Some(role) = role
    {
        send(format!("role={role}"));
    }
    if settings.country
        && let Some(country) = country
    {
        send(format!("country={country}"));
    }
    if settings.role
        && settings.country
        && let (Some(role), Some(country)) = (role, country)
    {
        send(format!("role={role} country={country}"));
    }
    if settings.organization
        && let Some(kind) = statement.organization.as_deref().and_then(|o| organization_type(o, lang))
    {
        send(format!("organization={}", kind.name()));
    }
    if settings.holder && is_other_holder(statement) {
        send("holder=other".to_owned());
    }
    if settings.identity
        && let Some(key) = identity(statement)
    {
        send(format!("{IDENTITY}{key}"));
    }
}

/// How the names of identity features begin.
pub(super) const IDENTITY: &str = "identity=";

fn identity(statement: &Statement) -> Option<String> {
    statement.speaker.as_deref().map(text_key).filter(|k| !k.is_empty())
}

fn is_other_holder(statement: &Statement) -> bool {
    match (&statement.holder, &statement.speaker) {
        (Some(holder), Some(speaker)) => text_key(holder) != text_key(speaker),
        (Some(_), None) => true,
        (None, _) => false,
    }
}
