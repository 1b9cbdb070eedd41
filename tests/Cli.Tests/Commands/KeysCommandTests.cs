using System.Text;
using Microsoft.Extensions.Configuration;
using Ssl.Cli.Commands;
using Ssl.Shared.Foundation.Settings;
using Ssl.Transcriber.Serving;
using Ssl.Transcriber.Serving.Keys;

namespace Ssl.Cli.Tests.Commands;

public sealed class KeysCommandTests
{
    [Fact]
    public void The_printed_settings_accept_the_printed_key()
    {
        using var output = new StringWriter();
        KeysCommand.Print("ann", KeyScope.Transcribe | KeyScope.Admin, output);
        var text = output.ToString().Split('\n')[0].Trim();
        Assert.Matches("^ssl_[A-Za-z0-9_-]{43}$", text);
        var json = output.ToString()[output.ToString().IndexOf("{ \"Transcriber\"", StringComparison.Ordinal)..];
        var settings = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
        var keys = new KeySet(ValidatedOptions.Read<ServingOptions>(settings, "Transcriber:Serving"));
        var key = keys.Find(text)!;
        Assert.Equal(("ann", KeyScope.Transcribe | KeyScope.Admin, new LimitOptions()), (key.Name, key.Scopes, key.Limits));
        Assert.Null(keys.Find(text + " "));
        Assert.DoesNotContain(text, json, StringComparison.Ordinal);
    }
}
