//! A second opinion on tokens: the library's, which is not asked about an HS256 token otherwise.

use super::*;

/// What the library makes of a token, by the rules that [`Keys::verify`] is documented to have: a second opinion.
fn library(token: &str, audience: Option<&str>) -> &'static str {
    use jsonwebtoken::errors::ErrorKind;
    let mut rules = jsonwebtoken::Validation::new(Algorithm::HS256);
    rules.set_required_spec_claims(&["exp", "sub"]);
    rules.leeway = 0;
    if let Some(audience) = audience {
        rules.set_audience(&[audience]);
    }
    let key = DecodingKey::from_secret(SECRET);
    match jsonwebtoken::decode::<Value>(token, &key, &rules) {
        Ok(token) => match serde_json::from_value::<Claims>(token.claims) {
            Ok(_) => "ok",
            Err(_) => "TOKEN_INVALID",
        },
        Err(e) if *e.kind() == ErrorKind::ExpiredSignature => "TOKEN_EXPIRED",
        Err(_) => "TOKEN_INVALID",
    }
}

proptest! {
    #[test]
    fn a_token_is_judged_as_the_library_does(
        exp in prop_oneof![
            (-99_i64..99).prop_filter("not this second", |s| s.abs() > 2).prop_map(|s| json!(in_seconds(s))),
            (3.0..99.0).prop_map(|s: f64| json!(in_seconds(0) as f64 + s)),
            Just(json!("1")), Just(json!(null)), Just(json!(-5)),
        ],
        sub in prop_oneof![Just(json!("10")), "[a-z\u{e9}\"]{1,8}".prop_map(Value::from), Just(json!(7)), Just(json!(null))],
        aud in prop_oneof![Just(json!(null)), "[ab]".prop_map(Value::from), proptest::collection::vec("[ab]", 0..3).prop_map(Value::from)],
        role in prop_oneof![Just(json!("waiter")), Just(json!(7))],
        audience in prop_oneof![Just(None), Just(Some("a"))],
        cut in prop_oneof![9 => Just(usize::MAX), 1 => 0_usize..300],
    ) {
        let claims = claims(json!({"exp": exp, "sub": sub, "aud": aud, "role": role}));
        let mut token = hs256().mint(&claims).unwrap();
        token.truncate(cut);
        let keys = match audience {
            Some(audience) => hs256().with_audience(audience),
            None => hs256(),
        };
        prop_assert_eq!(code(&keys, &token), library(&token, audience), "{}", claims);
    }
}
