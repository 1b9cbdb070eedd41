using System.CommandLine;
using Ssl.Cli.Commands;
using Ssl.Shared.Foundation.Hosting;

SslHost.UseInvariantCulture();
var stopLimit = TimeSpan.FromSeconds(30);
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = stopLimit, EnableDefaultExceptionHandler = false };
return await SslCommand.Create().Parse(args).InvokeAsync(invocation);
