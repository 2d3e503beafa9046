//! A secret has no place in a schema file, which goes where everything else of a program goes: into a repository, a
//! review, an image. Nothing of it stands in the message.

use crate::config::{Config, Mistakes, RestSource, SqlSource, WrittenHeader, WrittenPiece, WrittenTemplate};

/// Headers whose value lets whoever knows it in.
const CREDENTIALS: [&str; 5] = ["authorization", "proxy-authorization", "cookie", "x-api-key", "api-key"];

/// Stands for what is not the author's text.
const OUTSIDE: char = '\0';

/// Tells passwords in the URLs of sources, and credentials in the headers of services, that do not come from the
/// environment.
pub(in crate::schema) fn check(config: &Config, mistakes: &mut Mistakes) {
    for source in &config.directives.sources {
        if let Some(SqlSource { url, .. }) = &source.sql {
            check_url(url, mistakes);
        }
        if let Some(RestSource { url, headers, .. }) = &source.rest {
            check_url(url, mistakes);
            for header in headers {
                check_header(header, mistakes);
            }
        }
    }
}

fn check_url(url: &WrittenTemplate, mistakes: &mut Mistakes) {
    if has_password(&authors_text(url)) {
        let hint = "let the environment bring it: `{env.DATABASE_URL}` for the whole URL, or `{env.PASSWORD}` in it";
        mistakes.warning(url.span, "this URL holds a password", hint.to_owned());
    }
}

fn check_header(header: &WrittenHeader, mistakes: &mut Mistakes) {
    let name = header.name.value.to_lowercase();
    let text = authors_text(&header.value);
    // `Bearer {env.TOKEN}` names how, and not what.
    if CREDENTIALS.contains(&name.as_str()) && !text.contains(OUTSIDE) && !text.trim().is_empty() {
        let hint = "let the environment bring it, such as `Bearer {env.TOKEN}`".to_owned();
        mistakes.warning(header.value.span, format!("the header `{name}` holds a secret"), hint);
    }
}

/// The text as it was written, with a mark for each value from elsewhere.
fn authors_text(template: &WrittenTemplate) -> String {
    let texts = template.pieces.iter().map(|piece| match piece {
        WrittenPiece::Text(text) => text.clone(),
        WrittenPiece::Environment(_) | WrittenPiece::Slot(_) => OUTSIDE.to_string(),
    });
    texts.collect()
}

/// Whether a part of a password, before the host or among the parameters, is the author's own text.
fn has_password(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else { return false };
    let credentials = rest.rsplit_once('@').map_or("", |(credentials, _)| credentials);
    let before_host = credentials.split_once(':').map_or("", |(_, password)| password);
    let parameters = rest.split_once('?').map_or("", |(_, parameters)| parameters);
    let among_parameters = parameters.split('&').filter_map(|pair| pair.strip_prefix("password="));
    among_parameters.chain([before_host]).any(|password| password.chars().any(|character| character != OUTSIDE))
}

#[cfg(test)]
mod tests {
    use super::has_password;

    #[test]
    fn passwords() {
        for (url, holds) in [
            ("postgres://shop:secret@h/shop", true),
            ("https://shop:secret@h/api", true),
            ("postgres://shop:se@cret@h/shop", true),
            ("postgres://shop:\0secret@h/shop", true),
            ("postgres://shop@h/shop?password=secret", true),
            ("postgres://shop:\0@h/shop?password=\0", false),
            ("postgres://\0:\0@h:5432/shop", false),
            ("postgres://shop:@h/shop", false),
            ("postgres://shop@h:5432/shop?application_name=x", false),
            ("http://h:8080/api", false),
            ("sqlite:shop.db", false),
            ("\0", false),
        ] {
            assert_eq!(has_password(url), holds, "{url:?}");
        }
    }
}
