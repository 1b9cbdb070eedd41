using System.Net;
using System.Net.Sockets;

namespace Ssl.TestKit;

/// <summary>TCP ports of the loopback address.</summary>
public static class LoopbackPort
{
    /// <summary>One that nobody listens on. Somebody else may take it before the caller does.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
