using System.ComponentModel;
using CliWrap;
using CliWrap.Buffered;
using Ssl.TestKit;

namespace Ssl.EndToEnd.Containers;

/// <summary>podman, buildah and podman-compose, and the image of Debian to build on, which <c>SSL_TEST_BASE_IMAGE</c> names.</summary>
static class ContainerEngine
{
    static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(2);

    public static string? BaseImage { get; } = Environment.GetEnvironmentVariable("SSL_TEST_BASE_IMAGE");

    /// <summary>Why no container can be tested here; null where one starts.</summary>
    public static async Task<string?> WhatIsMissingAsync()
    {
        if (string.IsNullOrEmpty(BaseImage))
            return "needs an image of Debian to build on, and ten minutes (SSL_TEST_BASE_IMAGE names it): make compose";
        foreach (var program in new[] { "buildah", "podman", "podman-compose" })
        {
            try
            {
                await TryAsync(program, ["--version"], StartLimit);
            }
            catch (Win32Exception)
            {
                return $"needs {program}: Debian's package {program}";
            }
        }
        var started = await TryAsync("podman", ["run", "--rm", BaseImage, "true"], StartLimit);
        return started.ExitCode == 0 ? null : $"no container starts here: podman run {BaseImage}: {started.StandardError.Trim()}";
    }

    /// <summary>What the program prints; a failure fails the test, with the end of its output.</summary>
    public static async Task<string> RunAsync(
        string program, IEnumerable<string> arguments, TimeSpan limit, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var result = await TryAsync(program, arguments, limit, environment);
        Assert.True(result.ExitCode == 0,
            $"{program} {string.Join(' ', arguments)}: {result.ExitCode}\n{End(result.StandardOutput)}\n{End(result.StandardError)}");
        return result.StandardOutput;
    }

    /// <exception cref="Win32Exception">The program is not installed.</exception>
    /// <exception cref="OperationCanceledException">It did not end within the limit, and was killed.</exception>
    public static async Task<BufferedCommandResult> TryAsync(
        string program, IEnumerable<string> arguments, TimeSpan limit, IReadOnlyDictionary<string, string?>? environment = null)
    {
        using var end = new CancellationTokenSource(limit);
        return await CliWrap.Cli.Wrap(program).WithArguments(arguments)
            .WithEnvironmentVariables(environment ?? new Dictionary<string, string?>())
            .WithWorkingDirectory(SharedFolder.RepositoryRoot).WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync(end.Token);
    }

    static string End(string output) => output.Length < 4000 ? output : output[^4000..];
}
