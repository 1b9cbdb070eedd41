using Ssl.Cli.Street;
using Ssl.TestKit;

namespace Ssl.Cli.Tests.Street;

public sealed class BrokerAddressTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_running_street_is_found_by_its_data_folder(bool embedded)
    {
        var data = new DataFolder(folder.File("data"));
        new BrokerAddress("127.0.0.1:4711", embedded).Save(data);
        Assert.Equal(new BrokerAddress("127.0.0.1:4711", embedded), BrokerAddress.Find(null, data));
        BrokerAddress.Forget(data);
        Assert.Contains("not running", Assert.Throws<IOException>(() => BrokerAddress.Find(null, data)).Message);
    }

    [Fact]
    public void A_named_broker_wins() =>
        Assert.Equal(new BrokerAddress("broker:9092", false), BrokerAddress.Find("broker:9092", new DataFolder(folder.Path)));
}
