using System.Net;
using System.Net.Sockets;

namespace Ssl.TestKit;

/// <summary>TCP ports of the loopback address.</summary>
public static class LoopbackPort
{
    const int First = 20_000;
    const int AfterLast = 32_768; // where the ports begin that Linux gives to outgoing connections
    const int Tries = 1000;

    /// <summary>
    /// One that nobody listens on. Another test may take it before the caller does, but no connection of anybody: those have higher ones.
    /// </summary>
    public static int Free()
    {
        for (var left = Tries; ; left--)
        {
            var port = Random.Shared.Next(First, AfterLast);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse && left > 0)
            {
                // another one
            }
        }
    }
}
