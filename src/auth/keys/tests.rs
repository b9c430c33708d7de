//! The public keys' other halves are thrown away; their tokens end in the year 2100.

mod library;

use super::*;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Map, Value, json};

const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
const RS256_KEY: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAket/hVVezxHsn6WlDXek
AQh6D2sMCF4093xrercqPfSjFngfpg0CTbkxV2rF9Hmpz2VNCgzUgc1FI92gFZdJ
xGC74HsYw84wJ2Hj7OZuBYvaiwJt/iISIvDdvaX53L9uk+axvQgxBUv0ZwvIHB9e
eRMhrGv26b835VFKnMa1RLjLspj4fo5BUWQu90p60/lpS9MkIYbneXodPpyxQmFi
OMa/l2JYTGgiBb8xLyk0OErZ0Q6dT1ZYkIH1Pe58MgH/2vBUj2H2I7GnY1cdKQza
NU7fylSyXSOB78fX2xHIx6Jol+abjtxs11cgWd6hWtEh3ZS7zhH7LhPafYBVMfSV
jQIDAQAB
-----END PUBLIC KEY-----
";
/// The same key, as older programs write it.
const RS256_PKCS1_KEY: &str = "-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAket/hVVezxHsn6WlDXekAQh6D2sMCF4093xrercqPfSjFngfpg0C
TbkxV2rF9Hmpz2VNCgzUgc1FI92gFZdJxGC74HsYw84wJ2Hj7OZuBYvaiwJt/iIS
IvDdvaX53L9uk+axvQgxBUv0ZwvIHB9eeRMhrGv26b835VFKnMa1RLjLspj4fo5B
UWQu90p60/lpS9MkIYbneXodPpyxQmFiOMa/l2JYTGgiBb8xLyk0OErZ0Q6dT1ZY
kIH1Pe58MgH/2vBUj2H2I7GnY1cdKQzaNU7fylSyXSOB78fX2xHIx6Jol+abjtxs
11cgWd6hWtEh3ZS7zhH7LhPafYBVMfSVjQIDAQAB
-----END RSA PUBLIC KEY-----
";
const RS256_TOKEN: &str = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMCIsInJvbGUiOiJ3YWl0ZXIiLCJyZXN0YXVyYW50SWQiOjIsImV4cCI6NDEwMjQ0NDgwMH0.WRJ-IIIpwEreW2j6PTwuftKNxyhVD4RWEzO3I-peP_TThh-G31FrcMBCn5ypWDSgAYaGNZdyQYCnG-UzaCBQXmwe8cFG83kF_M8YlzYefm5S3F-aAY2h0f2H_tWVzoiCEOt2LLFxd0TRgU9CLLCK8HFYA3xekymzvzLuFe0SDIUjBevV9mBlxHr9fRdV1oaAMd8SNU5lQ7mFYNSUkQUuUTll43vE2d4I1ELVGaibbrRAJePMyrqpzn7nK3scxbnTJYaIWK4tLeI3wil4SV9X1Ytago6F2zK-d1IWGGhDtuOUvFMDDK56_lcIKWQmUgb5vE6toQLxgEJrnxVIANG2wA";
const ES256_KEY: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE5uFEGt9U0d4Fg8hXxICGwGK2gGWz
Ocau7+kKMVvld5RWFzAin0avA2dj08uzdMKJvjvq3zXy6qdS0vIXFLKZwg==
-----END PUBLIC KEY-----
";
const ES256_TOKEN: &str = "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMCIsInJvbGUiOiJ3YWl0ZXIiLCJyZXN0YXVyYW50SWQiOjIsImV4cCI6NDEwMjQ0NDgwMH0.9TbUlir-qUg8li_dmRYUedmtJxOYNGutJRDuwGLI_JeS-JSfyqcvV1g45cJArGJfJboPk570J8UQ8MmBSGscmg";
const EDDSA_KEY: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAVTB67wKAfJOJREoVwi6m+Uix/cuEAtfipH3jsgyNb/0=
-----END PUBLIC KEY-----
";
const EDDSA_TOKEN: &str = "eyJhbGciOiJFZERTQSIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMCIsInJvbGUiOiJ3YWl0ZXIiLCJyZXN0YXVyYW50SWQiOjIsImV4cCI6NDEwMjQ0NDgwMH0.HYOIgRuNDrpaGpPUI1pCM3zEJ2VaEP45sqa3qt4MASq_fPH_32SiZoy-ClRxjjsGYqZvg20Gmz5zXReB8j-WBg";
const P384_KEY: &str = "-----BEGIN PUBLIC KEY-----
MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAECJyWxcec/wbKvnIKfs/T9fjshF7eotPg
UdJHLCAHNch+d5LyblkksNbaN8mEkab/waj7bAWoWvPdwqEfpglh4PaXbaKnmkhW
xsiF53g1zmEOq/Jaebj/XCpKwOpPq50n
-----END PUBLIC KEY-----
";
const SECP256K1_KEY: &str = "-----BEGIN PUBLIC KEY-----
MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAE9UeSwGGhayrQt0fWfw7OAqDKUDBa604j
etMnK6eP3V2pliPDDTwegSVOqZyXRrsiqnjxR5aF/LxvH4uhPxLu5A==
-----END PUBLIC KEY-----
";
const RSA_1024_KEY: &str = "-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDsf9NiZSuXqt5Vg+nPRXwZjDUa
vTmNP8Sj8cYW/ztAWfpISzDRKJ2bz4R+DnPd2tizc5mnuMdMp0k9XsDvTY/DuT24
pDOGoBCyRPggQ38ysXDjD0+3RjQ9RwgmRjpC3+DM8UhNHr3IYcUzP20YPsv3CJ4K
jxkhT5g8HVZftFoMBQIDAQAB
-----END PUBLIC KEY-----
";

#[derive(Debug, Clone, Deserialize, PartialEq)]
struct Claims {
    role: String,
    #[serde(default)]
    restaurant_id: Option<i64>,
}

fn hs256() -> Keys {
    Keys::hs256(SECRET).unwrap()
}

fn in_seconds(offset: i64) -> i64 {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs();
    i64::try_from(now).unwrap() + offset
}

/// A valid token's claims, with `changes` (null takes a claim away).
fn claims(changes: Value) -> Value {
    let mut claims =
        json!({"sub": "10", "role": "waiter", "restaurant_id": 2, "exp": in_seconds(60)});
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => _ = claims.as_object_mut().unwrap().remove(name),
            value => claims[name] = value.clone(),
        }
    }
    claims
}

/// What comes of a token with these claims: "ok" or the code, and the text.
fn outcome(keys: &Keys, token: &str) -> (String, String) {
    match keys.verify::<Claims>(token) {
        Ok(_) => ("ok".to_owned(), String::new()),
        Err(e) => {
            assert_eq!(e.kind, Kind::Unauthenticated);
            (e.code.into_owned(), e.text.into_owned())
        }
    }
}

fn code(keys: &Keys, token: &str) -> String {
    outcome(keys, token).0
}

/// A token that was put together by hand.
fn token(header: &Value, claims: &Value, signature: &str) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}.{signature}", part(header), part(claims))
}

#[test]
fn a_minted_token_is_verified() {
    let claims = claims(json!({"exp": 4_102_444_800_u64}));
    let token = hs256().mint(&claims).unwrap();
    let identity = hs256().verify::<Claims>(&token).unwrap();
    assert_eq!(identity.subject.as_deref(), Some("10"));
    assert_eq!(
        identity.expires_at,
        Some(SystemTime::UNIX_EPOCH + Duration::from_secs(4_102_444_800))
    );
    assert!(!identity.is_anonymous());
    assert_eq!(identity.claims.unwrap().restaurant_id, Some(2));
    assert!(Identity::<Claims>::anonymous().is_anonymous());
}

#[test]
fn claims_decide() {
    let now = in_seconds(0);
    for (changes, expected) in [
        (json!({}), "ok"),
        (json!({"exp": now + 60}), "ok"),
        (json!({"exp": now as f64 + 60.5}), "ok"),
        (json!({"exp": u64::MAX}), "ok"), // beyond the clock, and no panic
        (json!({"exp": now - 2}), "TOKEN_EXPIRED"),
        (json!({"exp": 0}), "TOKEN_EXPIRED"),
        (json!({"exp": -1}), "TOKEN_INVALID"),
        (json!({"exp": (now + 60).to_string()}), "TOKEN_INVALID"),
        (json!({"exp": null}), "TOKEN_INVALID"),
        (json!({"sub": null}), "TOKEN_INVALID"),
        (json!({"sub": ""}), "TOKEN_INVALID"),
        (json!({"sub": 10}), "TOKEN_INVALID"),
        (json!({"nbf": now}), "ok"),
        (json!({"nbf": now + 3}), "ok"),
        (json!({"nbf": now + 30}), "TOKEN_INVALID"),
        (json!({"nbf": "soon"}), "TOKEN_INVALID"),
        (json!({"role": null}), "TOKEN_INVALID"),
        (json!({"role": 7}), "TOKEN_INVALID"),
        (json!({"aud": "somebody else"}), "TOKEN_INVALID"),
        (json!({"aud": []}), "TOKEN_INVALID"),
        (json!({"aud": 7}), "TOKEN_INVALID"),
        (json!({"exp": 1e300}), "TOKEN_INVALID"),
    ] {
        let token = hs256().mint(&claims(changes.clone())).unwrap();
        assert_eq!(code(&hs256(), &token), expected, "{changes}");
    }
}

#[test]
fn an_audience_is_compared() {
    let keys = hs256().with_audience("maitred");
    for (audience, expected) in [
        (json!("maitred"), "ok"),
        (json!(["x", "maitred"]), "ok"),
        (json!(null), "ok"),
        (json!("x"), "TOKEN_INVALID"),
        (json!(["x", "maitre"]), "TOKEN_INVALID"),
        (json!({"maitred": "maitred"}), "TOKEN_INVALID"),
    ] {
        let token = keys.mint(&claims(json!({"aud": audience}))).unwrap();
        assert_eq!(code(&keys, &token), expected, "{audience}");
    }
}

#[test]
fn camel_case_claims_are_understood_and_snake_case_wins() {
    for (changes, restaurant) in [
        (json!({"restaurant_id": null, "restaurantId": 7}), 7),
        (json!({"restaurantId": 7}), 2),
    ] {
        let token = hs256().mint(&claims(changes)).unwrap();
        let claims = hs256().verify::<Claims>(&token).unwrap().claims.unwrap();
        assert_eq!(claims.restaurant_id, Some(restaurant));
    }
}

/// Signs what no serializer writes.
fn signed(header: &str, claims: &str) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    let signed = format!("{}.{}", part(header), part(claims));
    let key = EncodingKey::from_secret(SECRET);
    let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &key, Algorithm::HS256).unwrap();
    format!("{signed}.{signature}")
}

#[test]
fn a_token_that_can_be_read_in_two_ways_is_refused() {
    let exp = in_seconds(60);
    let claims = |more: &str| format!(r#"{{"sub":"10","role":"waiter","exp":{exp}{more}}}"#);
    let header = r#"{"alg":"HS256"}"#;
    for (header, claims, expected) in [
        (header, claims(""), "ok"),
        (header, claims(r#","x":1,"X":1"#), "ok"),
        (header, claims(r#","role":"admin""#), "TOKEN_INVALID"),
        (header, claims(r#","\u0072ole":"admin""#), "TOKEN_INVALID"),
        (header, claims(r#","sub":"11""#), "TOKEN_INVALID"),
        (header, format!("{} ", claims("")), "ok"),
        (
            header,
            format!("{}{}", claims(""), claims("")),
            "TOKEN_INVALID",
        ),
        (header, format!("[{}]", claims("")), "TOKEN_INVALID"),
        (
            r#"{"alg":"HS256","alg":"HS256"}"#,
            claims(""),
            "TOKEN_INVALID",
        ),
        (
            r#"{"alg":"none","alg":"HS256"}"#,
            claims(""),
            "TOKEN_INVALID",
        ),
        (r#"{"alg":"HS256","crit":null}"#, claims(""), "ok"),
    ] {
        let token = signed(header, &claims);
        assert_eq!(code(&hs256(), &token), expected, "{header} {claims}");
    }
}

#[test]
fn claims_may_be_any_type_that_an_object_can_be() {
    #[derive(Debug, Deserialize, PartialEq)]
    struct Wrapped(Claims);
    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(tag = "role", rename_all = "lowercase")]
    enum Tagged {
        Waiter { restaurant_id: i64 },
    }
    #[derive(Debug, Deserialize, PartialEq)]
    struct Flat {
        #[serde(flatten)]
        rest: Map<String, Value>,
    }
    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "read, which is the test")]
    struct Strict {
        sub: String,
        role: String,
        restaurant_id: i64,
        exp: u64,
    }
    fn read<C: DeserializeOwned>(token: &str) -> C {
        hs256().verify::<C>(token).unwrap().claims.unwrap()
    }
    let plain = claims(json!({"restaurant_id": null, "restaurantId": 7}));
    let token = hs256().mint(&plain).unwrap();
    let expected = Claims {
        role: "waiter".to_owned(),
        restaurant_id: Some(7),
    };
    assert_eq!(read::<Wrapped>(&token), Wrapped(expected.clone()));
    assert_eq!(read::<Option<Claims>>(&token), Some(expected));
    assert_eq!(read::<Tagged>(&token), Tagged::Waiter { restaurant_id: 7 });
    assert_eq!(read::<Value>(&token)["restaurant_id"], 7);
    assert_eq!(read::<Flat>(&token).rest["sub"], "10");
    read::<serde::de::IgnoredAny>(&token);
    let both = hs256().mint(&claims(json!({"restaurantId": 7}))).unwrap();
    assert_eq!(read::<Strict>(&both).restaurant_id, 2);
}

#[test]
fn a_forged_token_is_refused() {
    let good = hs256().mint(&claims(json!({}))).unwrap();
    let other = Keys::hs256(b"another secret of thirty-two byte").unwrap();
    let (rest, signature) = good.rsplit_once('.').unwrap();
    let header = rest.split_once('.').unwrap().0;
    let admin = URL_SAFE_NO_PAD.encode(claims(json!({"role": "admin"})).to_string());
    for forged in [
        other.mint(&claims(json!({}))).unwrap(),
        // Expired and forged is forged: nobody learns what a token says that is not ours.
        other.mint(&claims(json!({"exp": 1}))).unwrap(),
        format!("{header}.{admin}.{signature}"),
        format!("{rest}."),
        rest.to_owned(),
        format!("{good}x"),
        format!("{good}."),
        format!(" {good}"),
        String::new(),
        "a.b.c".to_owned(),
        "..".to_owned(),
        "x".repeat(1_000_000),
    ] {
        assert_eq!(code(&hs256(), &forged), "TOKEN_INVALID", "{forged:.80}");
    }
}

#[test]
fn alg_none_is_refused() {
    let rs256 = key_file::parse(RS256_KEY.as_bytes()).unwrap();
    for alg in ["none", "None", "NONE", "nOnE", "", "HS1"] {
        for signature in ["", "AAAA"] {
            let token = token(
                &json!({"alg": alg, "typ": "JWT"}),
                &claims(json!({})),
                signature,
            );
            assert_eq!(code(&hs256(), &token), "TOKEN_INVALID");
            assert_eq!(code(&rs256, &token), "TOKEN_INVALID");
        }
    }
    let missing = token(&json!({"typ": "JWT"}), &claims(json!({})), "");
    assert_eq!(code(&hs256(), &missing), "TOKEN_INVALID");
}

#[test]
fn a_token_that_demands_extensions_is_refused() {
    let mut header = Header::new(Algorithm::HS256);
    header.crit = Some(vec!["b64".to_owned()]);
    let key = EncodingKey::from_secret(SECRET);
    let token = jsonwebtoken::encode(&header, &claims(json!({})), &key).unwrap();
    assert_eq!(code(&hs256(), &token), "TOKEN_INVALID");
}

#[test]
fn the_algorithm_is_the_keys_not_the_tokens() {
    // The same secret, another hash.
    for algorithm in [Algorithm::HS384, Algorithm::HS512] {
        let key = EncodingKey::from_secret(SECRET);
        let token =
            jsonwebtoken::encode(&Header::new(algorithm), &claims(json!({})), &key).unwrap();
        let (code, text) = outcome(&hs256(), &token);
        assert_eq!(code, "TOKEN_INVALID");
        assert_eq!(text, "the token is not signed with HS256");
    }
    // A public key is public: whoever signs with it as an HMAC secret has proven nothing.
    for pem in [RS256_KEY, ES256_KEY, EDDSA_KEY] {
        let keys = key_file::parse(pem.as_bytes()).unwrap();
        for secret in [pem, pem.trim()] {
            let token = Keys::hs256(secret.as_bytes())
                .unwrap()
                .mint(&claims(json!({})))
                .unwrap();
            assert_eq!(code(&keys, &token), "TOKEN_INVALID");
        }
    }
}

#[test]
fn public_keys_verify_their_own_tokens_only() {
    let all = [
        (RS256_KEY, RS256_TOKEN),
        (RS256_PKCS1_KEY, RS256_TOKEN),
        (ES256_KEY, ES256_TOKEN),
        (EDDSA_KEY, EDDSA_TOKEN),
    ];
    for (pem, own) in all {
        let keys = key_file::parse(pem.as_bytes()).unwrap();
        let identity = keys.verify::<Claims>(own).unwrap();
        assert_eq!(identity.claims.unwrap().restaurant_id, Some(2));
        for (_, other) in all.iter().filter(|(_, token)| *token != own) {
            assert_eq!(code(&keys, other), "TOKEN_INVALID");
        }
        let (rest, signature) = own.rsplit_once('.').unwrap();
        let first = if signature.starts_with('A') { "B" } else { "A" };
        let forged = format!("{rest}.{first}{}", &signature[1..]);
        assert_eq!(code(&keys, &forged), "TOKEN_INVALID");
        let refused = keys.mint(&claims(json!({}))).unwrap_err().to_string();
        assert!(refused.contains("cannot make them"), "{refused}");
    }
}

#[test]
fn a_key_that_cannot_be_used_is_refused_with_advice() {
    let private = "-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n";
    let certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    let broken = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAVTB6\n-----END PUBLIC KEY-----\n";
    // An Ed25519 key whose bit string has 31 bytes: the library would panic.
    let short = "-----BEGIN PUBLIC KEY-----\nMCkwBQYDK2VwAyAAVTB67wKAfJOJREoVwi6m+Uix/cuEAtfipH3jsgyNbw==\n-----END PUBLIC KEY-----\n";
    for (content, advice) in [
        (private, "openssl pkey"),
        (certificate, "openssl x509"),
        (broken, "neither a secret nor a public key"),
        (short, "neither a secret nor a public key"),
        (P384_KEY, "P-256"),
        (SECP256K1_KEY, "P-256"),
        (RSA_1024_KEY, "2048 bits"),
        ("", "openssl rand -hex 32"),
        ("too short\n", "openssl rand -hex 32"),
    ] {
        let error = key_file::parse(content.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(advice), "{error}");
    }
    assert!(Keys::hs256(&[7; 31]).is_err());
    assert!(Keys::hs256(&[7; 32]).is_ok());
}

#[test]
fn a_secret_in_a_file_is_the_same_as_in_the_environment() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("key");
    std::fs::write(&path, [SECRET, b"\n"].concat()).unwrap();
    let token = hs256().mint(&claims(json!({}))).unwrap();
    assert_eq!(code(&Keys::from_file(&path).unwrap(), &token), "ok");

    std::fs::write(&path, [0xff; 32]).unwrap();
    assert!(Keys::from_file(&path).is_ok());

    let missing = Keys::from_file(directory.path().join("none")).unwrap_err();
    assert!(
        missing.to_string().contains("none: No such file"),
        "{missing}"
    );
}

#[test]
fn a_key_is_not_written_to_a_log() {
    assert_eq!(format!("{:?}", hs256()), "Keys { algorithm: HS256, .. }");
}

proptest! {
    #[test]
    fn hostile_tokens_are_refused(text in ".{0,200}", parts in "[A-Za-z0-9_-]{0,40}(\\.[A-Za-z0-9_-]{0,40}){0,4}") {
        prop_assert_eq!(code(&hs256(), &text), "TOKEN_INVALID");
        prop_assert_eq!(code(&hs256(), &parts), "TOKEN_INVALID");
    }

    #[test]
    fn hostile_content_of_a_valid_token_is_no_problem(content in ".{0,60}") {
        for alg in ["HS256", "RS256", "ES256", "EdDSA"] {
            let header = URL_SAFE_NO_PAD.encode(format!(r#"{{"alg":"{alg}","x":{content:?}}}"#));
            let token = format!("{header}.{}.{}", URL_SAFE_NO_PAD.encode(&content), URL_SAFE_NO_PAD.encode(&content));
            for pem in [RS256_KEY, ES256_KEY, EDDSA_KEY] {
                let keys = key_file::parse(pem.as_bytes()).unwrap();
                prop_assert_eq!(code(&keys, &token), "TOKEN_INVALID");
            }
        }
    }

    #[test]
    fn hostile_key_files_are_no_problem(content in proptest::collection::vec(any::<u8>(), 0..80), body in "[A-Za-z0-9+/]{0,80}") {
        let _ = key_file::parse(&content);
        let _ = key_file::parse(format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n").as_bytes());
    }
}
