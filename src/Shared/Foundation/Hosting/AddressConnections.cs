using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Ssl.Shared.Foundation.Hosting;

/// <summary>Closes connections beyond a number that one <see cref="ClientNetwork"/> may have open. Thread-safe.</summary>
/// <param name="exempt">Proxies, which hold the connections of many.</param>
sealed class AddressConnections(int max, IPNetwork[] exempt, ILogger logger)
{
    static readonly TimeSpan SayAgainAfter = TimeSpan.FromSeconds(30);

    readonly ConcurrentDictionary<IPAddress, int> open = new();
    long said = -SayAgainAfter.Ticks;

    public ConnectionDelegate Count(ConnectionDelegate next) => async connection =>
    {
        if (connection.RemoteEndPoint is not IPEndPoint { Address: var remote } || exempt.Any(network => network.Contains(Plain(remote))))
        {
            await next(connection);
            return;
        }
        var address = ClientNetwork.Of(remote);
        try
        {
            if (open.AddOrUpdate(address, 1, (_, count) => count + 1) <= max)
                await next(connection);
            else
                Refuse(connection, address);
        }
        finally
        {
            // the entry goes with the last connection; in between another may have been added
            if (open.AddOrUpdate(address, 0, (_, count) => count - 1) == 0)
                open.TryRemove(KeyValuePair.Create(address, 0));
        }
    };

    void Refuse(ConnectionContext connection, IPAddress address)
    {
        var now = TimeProvider.System.GetUtcNow().Ticks;
        if (now - Interlocked.Read(ref said) > SayAgainAfter.Ticks)
        {
            Interlocked.Exchange(ref said, now);
            logger.TooManyConnections(address, max);
        }
        connection.Abort();
    }

    static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
