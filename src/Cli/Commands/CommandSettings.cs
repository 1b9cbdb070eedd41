using Ssl.Shared.Foundation.Hosting;
using Ssl.Shared.Foundation.Settings;
using Ssl.Shared.Speech.Torch;

namespace Ssl.Cli.Commands;

/// <summary>Settings of a command that loads a model, from the same places as those of a service: file, environment, command line.</summary>
static class CommandSettings
{
    /// <param name="args">What the command itself did not understand: <c>--Section:Key=value</c>.</param>
    /// <exception cref="InvalidSettingException">Names the setting that is misspelt or out of range.</exception>
    /// <exception cref="DllNotFoundException"><c>Torch:LibraryPath</c> lacks a library.</exception>
    public static void InitializeTorch(IEnumerable<string> args)
    {
        var configuration = SslHost.CreateBuilder([.. args], defaultPort: 0).Configuration;
        TorchRuntime.Initialize(ValidatedOptions.Read<TorchOptions>(configuration, TorchOptions.Section));
    }
}
