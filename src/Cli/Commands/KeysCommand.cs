using System.CommandLine;
using Ssl.Shared.Foundation.Settings;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Keys;

namespace Ssl.Cli.Commands;

/// <summary><c>ssl keys new NAME</c>: makes an API key.</summary>
static class KeysCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "whose it is; written into logs and into the registry's history" };
        var scopes = new Option<KeyScope>("--scopes")
        {
            Description = "transcribe, admin, metrics, or several separated by commas",
            DefaultValueFactory = _ => KeyScope.Transcribe,
        };
        var command = new Command("new", "make a key; it is printed once, with the settings that let a service accept it") { name, scopes };
        command.WithAction((parsed, _) =>
        {
            Print(parsed.GetValue(name)!, parsed.GetValue(scopes), Console.Out);
            return Task.CompletedTask;
        });
        return new Command("keys", "make keys for the service") { command };
    }

    /// <exception cref="InvalidSettingException">The name cannot be one.</exception>
    internal static void Print(string name, KeyScope scopes, TextWriter output)
    {
        var text = ApiKey.NewText();
        var options = new ApiKeyOptions { Hash = Convert.ToHexStringLower(ApiKey.Hash(text)), Scopes = scopes };
        _ = new KeySet(new ServingOptions { Keys = new Dictionary<string, ApiKeyOptions> { [name] = options } });
        var spelt = scopes.ToString().ToLowerInvariant();
        output.WriteLine($$"""
            {{text}}

            This key is not shown again. Clients send it as "Authorization: Bearer KEY"; ssl takes it from the variable SSL_API_KEY.
            A service accepts it with these lines in appsettings.json, and no longer five seconds after they are gone:

            { "Transcriber": { "Serving": { "Keys": {
              "{{name}}": { "Hash": "{{options.Hash}}", "Scopes": "{{spelt}}" }
            } } } }
            """);
    }
}
