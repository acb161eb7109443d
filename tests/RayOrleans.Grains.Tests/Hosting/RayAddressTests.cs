namespace RayOrleans.Grains.Tests.Hosting;

public sealed class RayAddressTests
{
    [Theory]
    [InlineData("ray://10.0.0.7:30000", "10.0.0.7", 30000)]
    [InlineData("10.0.0.7:30000", "10.0.0.7", 30000)]
    [InlineData("ray://node.example:1", "node.example", 1)]
    [InlineData("ray://[::1]:30000", "::1", 30000)]
    public void Address_AsUsersWriteIt_IsRead(string text, string host, int port)
    {
        Assert.True(RayAddress.TryParse(text, out RayAddress? address));

        Assert.Equal(host, address.Host);
        Assert.Equal(port, address.Port);
        Assert.True(RayAddress.TryParse(address.ToString(), out RayAddress? again));
        Assert.Equal(address, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ray://")]
    [InlineData("ray://host")]
    [InlineData("http://host:80")]
    [InlineData("host:port")]
    [InlineData("host:99999")]
    public void Address_ThatIsNone_IsRefused(string text) => Assert.False(RayAddress.TryParse(text, out _));
}
