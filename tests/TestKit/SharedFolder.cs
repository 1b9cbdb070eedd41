using Xunit;

namespace Ssl.TestKit;

/// <summary>Where test material outside the repository lies; a test that needs what is not there is skipped, with the reason.</summary>
public static class SharedFolder
{
    /// <summary>The repository's root: the folder that holds ssl.sln.</summary>
    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    static string Root => Path.Combine(RepositoryRoot, "..", "shared");

    /// <summary>Path inside the speech data (<c>SSL_TEST_DATA</c>, else <c>../shared/data</c>); skips the running test where it is absent.</summary>
    public static string Data(string relative) => Required(Environment.GetEnvironmentVariable("SSL_TEST_DATA") ?? Path.Combine(Root, "data"), relative, "speech data (SSL_TEST_DATA)");

    /// <summary>Path inside the reference numbers (<c>SSL_TEST_REFERENCE</c>, else <c>../shared/reference</c>); skips the running test where it is absent.</summary>
    public static string Reference(string relative) => Required(Environment.GetEnvironmentVariable("SSL_TEST_REFERENCE") ?? Path.Combine(Root, "reference"), relative, "reference numbers (SSL_TEST_REFERENCE)");

    /// <summary>The start script of a real Apache Kafka (<c>SSL_KAFKA_HOME</c>, else <c>../shared/kafka</c>); skips the running test where it is absent.</summary>
    public static string KafkaScript() => Required(Environment.GetEnvironmentVariable("SSL_KAFKA_HOME") ?? Path.Combine(Root, "kafka"), "kafka", "a real Apache Kafka (SSL_KAFKA_HOME)");

    static string Required(string folder, string relative, string what)
    {
        var path = Path.GetFullPath(Path.Combine(folder, relative));
        Assert.SkipUnless(Path.Exists(path), $"needs {what}: {path} is not there");
        return path;
    }

    static string FindRepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ssl.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"no ssl.sln above {AppContext.BaseDirectory}");
    }
}
