using Xunit;

namespace Ssl.TestKit;

/// <summary>Where test material outside the repository lies; a test that needs what is not there is skipped, with the reason.</summary>
public static class SharedFolder
{
    /// <summary>The repository's root: the folder that holds ssl.sln.</summary>
    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    static string Root => Path.Combine(RepositoryRoot, "..", "shared");

    /// <summary>Path in the speech data (<c>SSL_TEST_DATA</c>, else <c>../shared/data</c>); skips the test where it is absent.</summary>
    public static string Data(string relative) => Required("SSL_TEST_DATA", "data", relative, "speech data");

    /// <summary>Path in the reference numbers (<c>SSL_TEST_REFERENCE</c>, else <c>../shared/reference</c>); or skips the test.</summary>
    public static string Reference(string relative) => Required("SSL_TEST_REFERENCE", "reference", relative, "reference numbers");

    /// <summary>Path in the cases from the field (<c>SSL_TEST_CASES</c>, else <c>../shared/cases</c>); or skips the test.</summary>
    public static string Case(string relative) => Required("SSL_TEST_CASES", "cases", relative, "cases from the field");

    public static bool HasKafka => Path.Exists(PathOf("SSL_KAFKA_HOME", "kafka", "kafka"));

    /// <summary>Start script of a real Apache Kafka (<c>SSL_KAFKA_HOME</c>, else <c>../shared/kafka</c>); or skips the test.</summary>
    public static string KafkaScript() => Required("SSL_KAFKA_HOME", "kafka", "kafka", "a real Apache Kafka");

    /// <summary>A real S3 server (<c>SSL_S3_SERVER</c>, a folder, else <c>../shared/s3</c>); or skips the test.</summary>
    public static string S3Program() => Required("SSL_S3_SERVER", "s3", "versitygw", "a real S3 server");

    static string Required(string variable, string shared, string relative, string what)
    {
        var path = PathOf(variable, shared, relative);
        Assert.SkipUnless(Path.Exists(path), $"needs {what} ({variable}): {path} is not there");
        return path;
    }

    static string PathOf(string variable, string shared, string relative) =>
        Path.GetFullPath(Path.Combine(Environment.GetEnvironmentVariable(variable) ?? Path.Combine(Root, shared), relative));

    static string FindRepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ssl.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"no ssl.sln above {AppContext.BaseDirectory}");
    }
}
