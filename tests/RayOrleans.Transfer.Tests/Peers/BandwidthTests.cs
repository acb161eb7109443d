namespace RayOrleans.Transfer.Tests.Peers;

public sealed class BandwidthTests
{
    private readonly Bandwidth _bandwidth = new();

    [Fact]
    public void Add_First_IsTheAverage()
    {
        Assert.Equal(0, _bandwidth.BytesPerSecond);
        _bandwidth.Add(10_000_000, TimeSpan.FromSeconds(2));
        Assert.Equal(5_000_000, _bandwidth.BytesPerSecond);
    }

    [Fact]
    public void Add_More_MovesTowardsTheNewest()
    {
        _bandwidth.Add(10_000_000, TimeSpan.FromSeconds(1));
        _bandwidth.Add(20_000_000, TimeSpan.FromSeconds(1));
        Assert.Equal(12_000_000, _bandwidth.BytesPerSecond, 0);
        for (int i = 0; i < 50; i++)
            _bandwidth.Add(20_000_000, TimeSpan.FromSeconds(1));
        Assert.InRange(_bandwidth.BytesPerSecond, 19_900_000, 20_000_000);
    }

    [Fact]
    public void Add_Small_IsIgnored()
    {
        _bandwidth.Add(1000, TimeSpan.FromSeconds(1));
        Assert.Equal(0, _bandwidth.BytesPerSecond);
    }
}
