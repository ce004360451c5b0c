//! Settings and credentials, found the way the AWS CLI finds them, and one sentence for each way in which that fails.
//!
//! Two things differ from the SDK's own search, since the CLI differs: a profile that is asked for by name comes before
//! keys in the environment, and the metadata service of a machine is never asked for the Region.

use super::{Account, failure, limit::Limiter, required::RequiredMembers};
use crate::{
    config::Connection,
    domain::{Timestamp, load::Connected},
    failure::{Failure, FailureKind},
};
use aws_config::{
    AppName, BehaviorVersion, Region, SdkConfig,
    ecs::EcsCredentialsProvider,
    imds::credentials::ImdsCredentialsProvider,
    meta::credentials::CredentialsProviderChain,
    profile::{ProfileFileCredentialsProvider, ProfileSet},
    provider_config::ProviderConfig,
    retry::RetryConfig,
    timeout::TimeoutConfig,
};
use aws_credential_types::{
    Credentials,
    provider::{self, ProvideCredentials, SharedCredentialsProvider, error::CredentialsError, future},
};
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_smithy_http_client::{
    Connector,
    proxy::ProxyConfig,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    http::{HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn},
    result::ConnectorError,
};
use aws_types::os_shim_internal::{Env, Fs};
use std::{error::Error, sync::Arc, time::Duration};
use tokio::{sync::Mutex, time::Instant};

/// How long a connection may take to open. A packet that is lost on the way is sent again after one and three seconds.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long one attempt may take in all. The service's slowest answers seen in public traces take three seconds.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(15);

/// How long credentials are handed out without asking their source again: long enough that the clients of the three
/// services share one look-up, short enough that a new sign-in counts at once.
const CREDENTIALS_KEPT: Duration = Duration::from_secs(10);

/// How like a profile's name another must be to be suggested.
const NEAR: f64 = 0.75;

/// Where settings come from. Only tests have another than the process's own.
#[derive(Debug, Clone)]
struct Surroundings {
    env: Env,
    fs: Fs,
    files: EnvConfigFiles,
}

impl Account {
    /// Finds profile, Region, endpoint and credentials. Calls no service, but whoever issues the credentials.
    pub async fn connect(connection: &Connection) -> Result<Self, Failure> {
        if connection.is_demo {
            return demo(connection);
        }
        let surroundings = Surroundings {
            env: Env::real(),
            fs: Fs::real(),
            files: EnvConfigFiles::default(),
        };
        connect_in(connection, surroundings).await
    }

    fn new(sdk: &SdkConfig, connected: Connected, connection: &Connection) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .build();
        let retries = RetryConfig::disabled();
        Self {
            contacts: aws_sdk_ssmcontacts::Client::from_conf(
                aws_sdk_ssmcontacts::config::Builder::from(sdk)
                    .interceptor(RequiredMembers)
                    .retry_config(retries.clone())
                    .timeout_config(timeouts.clone())
                    .build(),
            ),
            incidents: aws_sdk_ssmincidents::Client::from_conf(
                aws_sdk_ssmincidents::config::Builder::from(sdk)
                    .interceptor(RequiredMembers)
                    .retry_config(retries.clone())
                    .timeout_config(timeouts.clone())
                    .build(),
            ),
            sts: aws_sdk_sts::Client::from_conf(
                aws_sdk_sts::config::Builder::from(sdk)
                    .retry_config(retries)
                    .timeout_config(timeouts)
                    .build(),
            ),
            limiter: Arc::new(Limiter::new(connection.pace, connection.requests_in_flight)),
            connected,
            refused: Arc::default(),
            requests_in_flight: connection.requests_in_flight.max(1),
            horizon: connection.horizon,
        }
    }
}

/// Returns the embedded account. It takes any credentials, and nothing of the operator's own has a place there.
fn demo(connection: &Connection) -> Result<Account, Failure> {
    let region = connection.region.clone().unwrap_or_else(|| "eu-west-1".to_owned());
    let mut sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .app_name(app_name()?)
        .region(Region::new(region.clone()))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::from_keys(
            "demo", "demo", None,
        )))
        .http_client(http_client(ProxyConfig::disabled(), no_certificates()?));
    sdk.set_endpoint_url(connection.endpoint_url.clone());
    let connected = Connected {
        profile: None,
        region,
        endpoint: connection.endpoint_url.clone(),
        credentials_end_at: None,
    };
    Ok(Account::new(&sdk.build(), connected, connection))
}

async fn connect_in(connection: &Connection, surroundings: Surroundings) -> Result<Account, Failure> {
    let named = connection
        .profile
        .clone()
        .or_else(|| set(&surroundings.env, "AWS_PROFILE"))
        .or_else(|| set(&surroundings.env, "AWS_DEFAULT_PROFILE"));
    let profiles = profiles(&surroundings, named.as_deref()).await?;
    let region = region(connection, &surroundings.env, &profiles)?;

    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .app_name(app_name()?)
        .region(Region::new(region.clone()))
        .profile_files(surroundings.files.clone())
        .http_client(http_client(ProxyConfig::from_env(), TlsContext::default()));
    if let Some(name) = &named {
        loader = loader.profile_name(name);
    }
    if let Some(url) = &connection.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    if let Some(name) = &connection.profile {
        let found = ProviderConfig::without_region()
            .with_region(Some(Region::new(region.clone())))
            .with_http_client(http_client(ProxyConfig::from_env(), TlsContext::default()));
        let profile = ProfileFileCredentialsProvider::builder()
            .configure(&found)
            .profile_files(surroundings.files.clone())
            .profile_name(name)
            .build();
        let container = EcsCredentialsProvider::builder().configure(&found).build();
        let machine = ImdsCredentialsProvider::builder().configure(&found).build();
        loader = loader.credentials_provider(
            CredentialsProviderChain::first_try("profile", profile)
                .or_else("container", container)
                .or_else("machine", machine),
        );
    }
    let sdk = loader.load().await;

    let Some(source) = sdk.credentials_provider() else {
        return Err(no_credentials(named.as_deref()));
    };
    let credentials = match source.provide_credentials().await {
        Ok(credentials) => credentials,
        Err(error) => return Err(not_signed_in(&error, &profiles, named.as_deref())),
    };
    let connected = Connected {
        profile: named,
        region,
        endpoint: sdk.endpoint_url().map(str::to_owned),
        credentials_end_at: credentials.expiry().map(Timestamp::from),
    };
    let shared = Shared {
        kept: Arc::new(Mutex::new((credentials, Instant::now()))),
        source,
    };
    let sdk = sdk
        .into_builder()
        .credentials_provider(SharedCredentialsProvider::new(shared))
        .build();
    Ok(Account::new(&sdk, connected, connection))
}

/// Returns the name under which AWS's logs show our requests.
fn app_name() -> Result<AppName, Failure> {
    AppName::new("callsheet")
        .map_err(|error| Failure::new(FailureKind::Bug, "Our own name is refused by the SDK.").because_of(&error))
}

/// Returns a client over the ring crypto provider, which honours the proxy settings that other programs do.
fn http_client(proxy: ProxyConfig, tls: TlsContext) -> SharedHttpClient {
    let connector = SharedHttpConnector::new(
        Connector::builder()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(tls)
            .connector_settings(
                HttpConnectorSettings::builder()
                    .connect_timeout(CONNECT_TIMEOUT)
                    .build(),
            )
            .proxy_config(proxy)
            .build(),
    );
    // One connector for all, so that connections are shared.
    http_client_fn(move |_, _| connector.clone())
}

/// Returns trust in nobody: loopback is plain HTTP, and to read the machine's certificates takes longer than to start.
fn no_certificates() -> Result<TlsContext, Failure> {
    TlsContext::builder()
        .with_trust_store(TrustStore::empty())
        .build()
        .map_err(|error| {
            Failure::new(FailureKind::Bug, "The connection to the demo account cannot be set up.").because_of(&error)
        })
}

fn set(env: &Env, name: &str) -> Option<String> {
    env.get(name).ok().filter(|value| !value.trim().is_empty())
}

/// Reads the profile files, and finds the profile that was named.
async fn profiles(surroundings: &Surroundings, named: Option<&str>) -> Result<ProfileSet, Failure> {
    let selected = named.map(|name| name.to_owned().into());
    let profiles = aws_config::profile::load(&surroundings.fs, &surroundings.env, &surroundings.files, selected)
        .await
        .map_err(|error| {
            Failure::new(
                FailureKind::Configuration,
                "The AWS configuration files cannot be read.",
            )
            .because_of(&error)
            .hint("correct that line in ~/.aws/config or ~/.aws/credentials, then `aws configure list`")
        })?;
    match named {
        Some(name) if profiles.get_profile(name).is_none() => Err(unknown_profile(name, &profiles)),
        _ => Ok(profiles),
    }
}

fn unknown_profile(name: &str, profiles: &ProfileSet) -> Failure {
    let mut near: Vec<(f64, &str)> = profiles
        .profiles()
        .map(|other| (strsim::jaro_winkler(name, other), other))
        .filter(|(likeness, _)| *likeness >= NEAR)
        .collect();
    near.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(other.1)));
    let near: Vec<&str> = near.into_iter().take(3).map(|(_, name)| name).collect();
    let name = crate::domain::text::neutral(name);
    let failure = Failure::new(
        FailureKind::Configuration,
        format!("There is no profile “{name}” in the AWS configuration files."),
    );
    if near.is_empty() {
        failure.hint("aws configure list-profiles")
    } else {
        failure.hint(format!(
            "did you mean {}? `aws configure list-profiles` shows all",
            near.join(" or ")
        ))
    }
}

fn region(connection: &Connection, env: &Env, profiles: &ProfileSet) -> Result<String, Failure> {
    let region = connection
        .region
        .clone()
        .or_else(|| set(env, "AWS_REGION"))
        .or_else(|| set(env, "AWS_DEFAULT_REGION"))
        .or_else(|| profiles.get("region").map(str::to_owned));
    let profile = profiles.selected_profile();
    match region {
        None => Err(Failure::new(
            FailureKind::Configuration,
            "No Region is set, neither on the command line, nor in the environment, nor in the profile.",
        )
        .hint(format!(
            "callsheet --region eu-west-1, or for good `aws configure set region eu-west-1 --profile {profile}`"
        ))),
        Some(region) if region.is_empty() || !region.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') => {
            let region = crate::domain::text::neutral(&region).into_owned();
            Err(Failure::new(
                FailureKind::Configuration,
                format!("“{region}” is not the name of a Region."),
            )
            .hint("callsheet --region eu-west-1"))
        }
        Some(region) => Ok(region),
    }
}

fn no_credentials(profile: Option<&str>) -> Failure {
    let (what, profile) = match profile {
        Some(name) => (
            format!("Profile {name} has no credentials, and the environment has none either."),
            format!(" --profile {name}"),
        ),
        None => (
            "No AWS credentials were found, neither in the environment nor in a profile.".to_owned(),
            String::new(),
        ),
    };
    Failure::new(FailureKind::Credentials, what).hint(format!(
        "`aws configure sso{profile}` or `aws login{profile}`; to look around first: callsheet --demo"
    ))
}

/// Where the credentials of a profile come from.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Source {
    /// IAM Identity Center.
    Sso,
    /// `aws login`.
    Login,
    /// A program, by its name.
    Process(String),
    /// Anything else.
    Other,
}

/// Returns where the credentials of the profile `name` come from, by the way of the profiles that it builds upon.
fn source_of(profiles: &ProfileSet, name: &str) -> (String, Source) {
    let mut name = name.to_owned();
    // A chain longer than this is a loop, which the SDK refuses.
    for _ in 0..10 {
        let Some(profile) = profiles.get_profile(&name) else {
            break;
        };
        if profile.get("sso_session").is_some() || profile.get("sso_start_url").is_some() {
            return (name, Source::Sso);
        }
        if profile.get("login_session").is_some() {
            return (name, Source::Login);
        }
        if let Some(command) = profile.get("credential_process") {
            let program = command.split_whitespace().next().unwrap_or_default().trim_matches('"');
            let program = program.rsplit(['/', '\\']).next().unwrap_or(program);
            return (name, Source::Process(program.to_owned()));
        }
        match profile.get("source_profile") {
            Some(next) if next != name => next.clone_into(&mut name),
            _ => break,
        }
    }
    (name, Source::Other)
}

/// Returns what to tell somebody whose credentials could not be had.
fn not_signed_in(error: &CredentialsError, profiles: &ProfileSet, named: Option<&str>) -> Failure {
    let selected = profiles.selected_profile();
    let (name, source) = source_of(profiles, selected);
    let is_network = failure::chain(error).any(<dyn Error>::is::<ConnectorError>);
    match source {
        // What a credential process prints may be a secret: neither its output nor the SDK's words about it are shown.
        Source::Process(program) => Failure::new(
            FailureKind::Credentials,
            format!("The credential process of profile {name}, {program}, gave no credentials."),
        )
        .hint(format!(
            "run it by hand: `aws configure get credential_process --profile {name}`"
        )),
        _ if is_network => Failure::new(
            FailureKind::Service,
            "Whoever issues the credentials could not be reached.",
        )
        .because(failure::innermost(error).to_string())
        .hint("check the network and HTTPS_PROXY, then `aws sts get-caller-identity`"),
        Source::Sso => Failure::new(
            FailureKind::Credentials,
            format!("The single sign-on of profile {name} is missing or has expired."),
        )
        .because_of(error)
        .hint(format!("aws sso login --profile {name}")),
        Source::Login => Failure::new(
            FailureKind::Credentials,
            format!("The sign-in of profile {name} is missing or has expired."),
        )
        .because_of(error)
        .hint(format!("aws login --profile {name}")),
        Source::Other => match error {
            CredentialsError::CredentialsNotLoaded(_) => no_credentials(named),
            CredentialsError::InvalidConfiguration(_) => Failure::new(
                FailureKind::Configuration,
                format!("The credentials of profile {selected} are not set up correctly."),
            )
            .because_of(error)
            .hint(format!("aws configure list --profile {selected}")),
            CredentialsError::ProviderTimedOut(_)
            | CredentialsError::ProviderError(_)
            | CredentialsError::Unhandled(_)
            | _ => Failure::new(
                FailureKind::Credentials,
                format!("The credentials of profile {selected} could not be had."),
            )
            .because_of(error)
            .hint(format!("aws sts get-caller-identity --profile {selected}")),
        },
    }
}

/// Credentials that the clients of all services share.
#[derive(Debug)]
struct Shared {
    kept: Arc<Mutex<(Credentials, Instant)>>,
    source: SharedCredentialsProvider,
}

impl Shared {
    async fn credentials(&self) -> provider::Result {
        let mut kept = self.kept.lock().await;
        if kept.1.elapsed() > CREDENTIALS_KEPT {
            *kept = (self.source.provide_credentials().await?, Instant::now());
        }
        Ok(kept.0.clone())
    }
}

impl ProvideCredentials for Shared {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.credentials())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_runtime::env_config::file::EnvConfigFileKind;

    /// Settings of the test's own. Where the SDK looks into the environment itself, a profile that is named keeps it out.
    fn surroundings(config: &str, env: &[(&str, &str)]) -> Surroundings {
        Surroundings {
            env: Env::from_slice(env),
            fs: Fs::from_slice(&[]),
            files: EnvConfigFiles::builder()
                .with_contents(EnvConfigFileKind::Config, config)
                .build(),
        }
    }

    fn with_profile(name: &str) -> Connection {
        Connection {
            profile: Some(name.to_owned()),
            ..Connection::default()
        }
    }

    async fn failure(connection: &Connection, config: &str, env: &[(&str, &str)]) -> Failure {
        connect_in(connection, surroundings(config, env)).await.unwrap_err()
    }

    const KEYS: &str =
        "[profile keys]\nregion = eu-west-1\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = x\n";

    #[tokio::test]
    async fn a_profile_that_is_asked_for_gives_region_and_credentials() {
        let env = [("AWS_PROFILE", "other"), ("AWS_REGION", "us-east-1")];
        let account = connect_in(&with_profile("keys"), surroundings(KEYS, &env))
            .await
            .unwrap();
        let connected = account.connected();
        assert_eq!(
            (connected.profile.as_deref(), connected.region.as_str()),
            (Some("keys"), "us-east-1")
        );
        let account = connect_in(&with_profile("keys"), surroundings(KEYS, &[]))
            .await
            .unwrap();
        assert_eq!(account.connected().region, "eu-west-1");
    }

    #[tokio::test]
    async fn an_unknown_profile_names_the_near_ones() {
        let near = failure(&with_profile("kyes"), KEYS, &[]).await;
        assert_eq!(near.kind(), FailureKind::Configuration);
        assert_eq!(
            near.next_action(),
            Some("did you mean keys? `aws configure list-profiles` shows all")
        );
        let env = [("AWS_PROFILE", "zzz")];
        let far = failure(&Connection::default(), KEYS, &env).await;
        assert_eq!(far.next_action(), Some("aws configure list-profiles"));
    }

    #[tokio::test]
    async fn without_a_region_the_command_to_set_one_is_named() {
        let failure = failure(&with_profile("bare"), "[profile bare]\noutput = json\n", &[]).await;
        let hint = failure.next_action().unwrap();
        assert!(
            hint.contains("callsheet --region") && hint.contains("--profile bare"),
            "{hint}"
        );
    }

    #[tokio::test]
    async fn a_broken_file_is_named_with_its_line() {
        let failure = failure(&Connection::default(), "[profile broken\nregion", &[]).await;
        assert_eq!(failure.kind(), FailureKind::Configuration);
        assert!(failure.why().iter().any(|why| why.contains("line")), "{failure}");
    }

    #[tokio::test]
    async fn a_single_sign_on_that_is_missing_names_the_command() {
        let config = "[profile team]\nregion = eu-west-1\nsso_session = nobody-has-this-session\nsso_account_id = 111122223333\n\
                      sso_role_name = Viewer\n[sso-session nobody-has-this-session]\nsso_region = eu-west-1\n\
                      sso_start_url = https://example.com/start\n[profile role]\nregion = eu-west-1\n\
                      role_arn = arn:aws:iam::111122223333:role/x\nsource_profile = team\n";
        for name in ["team", "role"] {
            let failure = failure(&with_profile(name), config, &[]).await;
            assert_eq!(failure.next_action(), Some("aws sso login --profile team"), "{failure}");
        }
    }

    #[tokio::test]
    async fn a_credential_process_is_named_and_its_words_are_not() {
        let config = "[profile vault]\nregion = eu-west-1\ncredential_process = /nowhere/vault --token hunter2\n";
        let text = failure(&with_profile("vault"), config, &[]).await.to_string();
        assert!(
            text.contains("vault, gave no credentials") || text.contains("vault, vault"),
            "{text}"
        );
        assert!(!text.contains("hunter2"), "{text}");
    }

    #[tokio::test]
    async fn nobody_signed_in_is_told_how_to() {
        let surroundings = surroundings("[profile in]\nlogin_session = arn:aws:iam::111122223333:user/x\n", &[]);
        let profiles = profiles(&surroundings, None).await.unwrap();
        let none = not_signed_in(&CredentialsError::not_loaded("nothing there"), &profiles, None);
        assert!(none.next_action().unwrap().contains("aws configure sso"), "{none}");

        let profiles = super::profiles(&surroundings, Some("in")).await.unwrap();
        let expired = not_signed_in(&CredentialsError::provider_error("expired"), &profiles, Some("in"));
        assert_eq!(expired.next_action(), Some("aws login --profile in"));
    }
}
