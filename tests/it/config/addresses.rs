//! Addresses that a key may not be sent to, and the forms of those that it may.

use glm_tui::config::{Preset, QuotaAddress, Region, Wanted};

use super::{Home, lines};

fn wanted(base_url: &str) -> Wanted {
    Wanted { preset: Preset::Custom, base_url: Some(base_url.into()), quota_url: QuotaAddress::Auto }
}

#[test]
fn presets_are_the_addresses_of_the_service() {
    let cases = [
        (Preset::CodingIntl, "https://api.z.ai/api/coding/paas/v4", Some("https://api.z.ai")),
        (Preset::CodingCn, "https://open.bigmodel.cn/api/coding/paas/v4", Some("https://open.bigmodel.cn")),
        (Preset::MeteredIntl, "https://api.z.ai/api/paas/v4", None),
        (Preset::MeteredCn, "https://open.bigmodel.cn/api/paas/v4", None),
    ];
    for (preset, base_url, quota_url) in cases {
        let endpoint = Wanted::preset(preset).resolve().unwrap();
        assert_eq!(endpoint.base_url, base_url);
        assert_eq!(endpoint.quota_url.as_deref(), quota_url);
        assert_eq!(endpoint.region(), preset.region());
        assert_eq!(Preset::from_word(preset.word()), Some(preset));
    }
    assert!(Wanted::preset(Preset::Custom).resolve().is_err());
}

#[test]
fn cfg_06_refused_addresses_name_the_reason() {
    let cases = [
        ("", "it is empty"),
        ("api.z.ai", "does not begin with https://"),
        ("ftp://api.z.ai", "does not begin with https://"),
        ("http://api.z.ai/v4", "unencrypted"),
        ("http://192.168.0.7:8000", "unencrypted"),
        ("http://localhost.evil.example", "unencrypted"),
        ("http://127.0.0.1.evil.example", "unencrypted"),
        ("https://", "it names no host"),
        ("https:///v1", "it names no host"),
        ("https://:443/v1", "it names no host"),
        ("https://user:pw@api.z.ai/v4", "user name or password"),
        ("https://api.z.ai@evil.example/v4", "user name or password"),
        ("https://\u{430}pi.z.ai/v4", "\\u{430}pi.z.ai holds letters that can look like others"),
        ("https://api.z.\u{430}i", "holds letters that can look like others"),
        ("https://api\u{ff0e}z.ai", "holds letters that can look like others"),
        ("https://api.z.ai\\@evil.example", "user name or password"),
        ("https://api.z.ai\\.evil.example", "which has no place in it"),
        ("https://api.z.ai/v4?x=1", "which has no place in it"),
        ("https://api.z.ai#x", "which has no place in it"),
        ("https://api.z.ai/a b", "which has no place in it"),
        ("https://api.z.ai/a\u{1b}b", "which has no place in it"),
        ("https://api%2ez.ai/", "is not a host name"),
        ("https://api..z.ai/", "is not a host name"),
        ("https://api.z.ai./", "is not a host name"),
        ("https://-x.example/", "is not a host name"),
        ("http://2130706433/", "looks like a number"),
        ("http://0x7f.1/", "looks like a number"),
        ("https://127.1/", "looks like a number"),
        ("https://[::1/", "IPv6"),
        ("https://[zz]/", "IPv6"),
        ("https://api.z.ai:0/", "port"),
        ("https://api.z.ai:99999/", "port"),
        ("https://api.z.ai:+443/", "port"),
        ("https://api.z.ai:/", "port"),
        ("https://api.z.ai/a/../b", ". or .."),
        ("https://api.z.ai/%2e%2e/b", ". or .."),
        ("https://api.z.ai/\u{e4}", "outside ASCII"),
    ];
    for (address, why) in cases {
        let fault = wanted(address).resolve().expect_err(address);
        assert!(fault.what.starts_with("base_url is refused: "), "{address}: {}", fault.what);
        assert!(fault.what.contains(why), "{address}: {}", fault.what);
        assert!(!fault.what.contains("pw"), "{address}: {}", fault.what);
    }
}

#[test]
fn cfg_06_accepted_addresses_have_one_form() {
    let cases = [
        ("https://api.z.ai/api/coding/paas/v4/", "https://api.z.ai/api/coding/paas/v4"),
        (" HTTPS://API.Z.AI:443/api/coding/paas/v4/chat/completions/ ", "https://api.z.ai/api/coding/paas/v4"),
        ("https://host.example/v1/models", "https://host.example/v1"),
        ("https://host.example:8443", "https://host.example:8443"),
        ("https://xn--bcher-kva.example/v1", "https://xn--bcher-kva.example/v1"),
        ("http://localhost:8000/v1/", "http://localhost:8000/v1"),
        ("http://127.0.0.9:80/v1", "http://127.0.0.9/v1"),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1"),
        ("https://[0:0::1]/", "https://[::1]"),
    ];
    for (address, base_url) in cases {
        assert_eq!(wanted(address).resolve().unwrap().base_url, base_url, "{address}");
    }
}

/// The path decides who pays, whatever the preset was called.
#[test]
fn an_address_of_a_preset_is_that_preset() {
    for (preset, _) in Preset::ALL {
        let Some(base_url) = preset.base_url() else { continue };
        for named in [Preset::Custom, Preset::CodingIntl, Preset::MeteredCn] {
            let wanted = Wanted { preset: named, ..wanted(base_url) };
            assert_eq!(wanted.resolve().unwrap().preset, preset);
        }
    }
}

#[test]
fn cfg_06_a_refused_address_gets_no_key() {
    for address in ["http://api.z.ai/api/coding/paas/v4", "https://u:p@api.z.ai", "https://\u{430}pi.z.ai"] {
        let home = Home::new().var("ZAI_API_KEY", "0123456789abcdef").var("GLM_TUI_BASE_URL", address);
        let (loaded, problems) = home.load();
        assert_eq!(loaded.config.endpoint, None, "{address}");
        assert_eq!(loaded.key.found, None, "{address}");
        assert!(lines(&problems)[0].contains("base_url is refused"), "{:?}", lines(&problems));
    }
}

#[test]
fn the_key_does_not_leave_its_host_by_the_quota_address() {
    let ask = |base: &str, quota: &str| {
        let wanted = Wanted { quota_url: QuotaAddress::At(quota.into()), ..wanted(base) };
        wanted.resolve().map(|endpoint| endpoint.quota_url.unwrap()).map_err(|fault| fault.what)
    };
    let plan = "https://open.bigmodel.cn/api/coding/paas/v4";
    assert_eq!(ask(plan, "https://bigmodel.cn/").unwrap(), "https://bigmodel.cn");
    assert_eq!(ask(plan, "https://www.bigmodel.cn/api/monitor/usage/quota/limit").unwrap(), "https://www.bigmodel.cn");
    assert_eq!(ask("http://127.0.0.1:1/v1", "http://localhost:2").unwrap(), "http://localhost:2");
    for (base, quota, why) in [
        (plan, "https://api.z.ai", "a key stays with its host"),
        (plan, "https://evil.example", "a key stays with its host"),
        (plan, "http://127.0.0.1:1", "a key stays with its host"),
        (plan, "https://open.bigmodel.cn:444", "a key stays with its host"),
        (plan, "http://open.bigmodel.cn", "unencrypted"),
        ("http://127.0.0.1:1/v1", "https://evil.example", "a key stays with its host"),
        (plan, "https://open.bigmodel.cn/other", "a host without a path"),
    ] {
        let fault = ask(base, quota).expect_err(quota);
        assert!(fault.contains(why), "{quota}: {fault}");
    }
    // It costs the gauge, not the program.
    let home = Home::new().var("ZAI_API_KEY", "0123456789abcdef").var("GLM_TUI_QUOTA_URL", "https://evil.example");
    let (loaded, problems) = home.load();
    let endpoint = loaded.config.endpoint.unwrap();
    assert_eq!((endpoint.preset, endpoint.quota_url), (Preset::CodingIntl, None));
    assert_eq!(problems.len(), 1, "{:?}", lines(&problems));
}

#[test]
fn quota_follows_the_preset() {
    let home = |quota: &str| Home::new().var("ZAI_API_KEY", "0123456789abcdef").var("GLM_TUI_QUOTA_URL", quota);
    assert_eq!(home("off").load().0.config.endpoint.unwrap().quota_url, None);
    assert_eq!(home("auto").load().0.config.endpoint.unwrap().quota_url.as_deref(), Some("https://api.z.ai"));
    assert_eq!(wanted("http://localhost:1/v1").resolve().unwrap().quota_url, None);
}

#[test]
fn a_host_has_a_region_only_over_https_at_its_own_port() {
    let region = |address: &str| wanted(address).resolve().unwrap().region();
    assert_eq!(region("https://api.z.ai/api/anthropic"), Some(Region::International));
    assert_eq!(region("https://API.z.ai:443"), Some(Region::International));
    assert_eq!(region("https://bigmodel.cn/v1"), Some(Region::China));
    assert_eq!(region("https://api.z.ai:8443"), None);
    assert_eq!(region("https://api.z.ai.evil.example"), None);
    assert_eq!(region("http://localhost:1"), None);
}

proptest::proptest! {
    /// What is accepted means the same host, port and path to the library that sends the request.
    #[test]
    fn cfg_06_the_checked_host_is_the_called_host(
        address in "(https?|HTTPS)://(\\PC{0,12}|[a-zA-Z0-9.:@\\[\\]%_-]{0,20}|127\\.0\\.0\\.1|localhost|api\\.z\\.ai)(:[0-9]{0,6})?(/[!-~]{0,12}){0,3}",
    ) {
        if let Ok(endpoint) = wanted(&address).resolve() {
            let read = reqwest::Url::parse(&endpoint.base_url).expect("an accepted address is an address");
            let origin = read.origin().ascii_serialization();
            proptest::prop_assert_eq!(endpoint.origin(), origin);
            proptest::prop_assert_eq!(read.as_str().trim_end_matches('/'), endpoint.base_url.as_str());
            proptest::prop_assert_eq!(read.password(), None);
            proptest::prop_assert_eq!(wanted(&endpoint.base_url).resolve().unwrap().base_url, endpoint.base_url);
        }
    }
}
