namespace Ssl.TestKit;

/// <summary>
/// TLS, SASL/SCRAM and ACLs of a <see cref="RealKafka"/>: nobody but <see cref="Admin"/> may do anything until a right is added.
/// </summary>
public sealed class KafkaSecurity : IDisposable
{
    public const string Admin = "admin";

    readonly TemporaryFolder folder = new();
    readonly TestCertificates authority = new();
    readonly string[] users;

    /// <param name="users">Beside the administrator; the password of each is its name and <c>-secret</c>.</param>
    public KafkaSecurity(params string[] users)
    {
        this.users = [Admin, .. users];
        var (certificates, key) = authority.Issue("kafka");
        File.WriteAllText(folder.File("broker.pem"), key + certificates);
        File.WriteAllText(RootPath, authority.RootPem);
    }

    string RootPath => folder.File("root.pem");

    /// <summary>librdkafka's settings of a user's clients.</summary>
    public Dictionary<string, string> SettingsOf(string user) => new()
    {
        ["security.protocol"] = "SASL_SSL",
        ["sasl.mechanism"] = "SCRAM-SHA-256",
        ["sasl.username"] = user,
        ["sasl.password"] = Password(user),
        ["ssl.ca.location"] = RootPath,
    };

    public void Dispose()
    {
        authority.Dispose();
        folder.Dispose();
    }

    /// <summary>Of the start script, for a broker at <paramref name="port"/> whose controller is behind it.</summary>
    internal IEnumerable<string> StartArguments(int port)
    {
        string[] settings =
        [
            $"listeners=SASL_SSL://127.0.0.1:{port},CONTROLLER://127.0.0.1:{port + 1}",
            $"advertised.listeners=SASL_SSL://127.0.0.1:{port}",
            "inter.broker.listener.name=SASL_SSL",
            "listener.security.protocol.map=SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT",
            "sasl.enabled.mechanisms=SCRAM-SHA-256",
            "sasl.mechanism.inter.broker.protocol=SCRAM-SHA-256",
            "listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required "
                + $"username=\"{Admin}\" password=\"{Password(Admin)}\";",
            "ssl.keystore.type=PEM", $"ssl.keystore.location={folder.File("broker.pem")}",
            "ssl.truststore.type=PEM", $"ssl.truststore.location={RootPath}",
            "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            $"super.users=User:{Admin};User:ANONYMOUS",
        ];
        return [.. users.SelectMany(user => new[] { "--scram", $"{user}:{Password(user)}" }),
            .. settings.SelectMany(setting => new[] { "--set", setting })];
    }

    static string Password(string user) => user + "-secret";
}
