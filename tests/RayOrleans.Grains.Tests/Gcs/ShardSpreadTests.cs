using System.Net;

namespace RayOrleans.Grains.Tests.Gcs;

public sealed class ShardSpreadTests
{
    private const uint Kind = 7;

    [Theory]
    [InlineData(1, 8)]
    [InlineData(2, 8)]
    [InlineData(3, 8)]
    [InlineData(7, 64)]
    [InlineData(20, 8)]
    public void Owners_AreEvenOverTheSilos(int silos, int shards)
    {
        int[] loads = [.. Owners(Silos(silos), shards).GroupBy(o => o).Select(g => g.Count())];

        Assert.True(loads.Max() <= (shards + silos - 1) / silos);
        Assert.Equal(shards, loads.Sum());
    }

    [Fact]
    public void Owners_AreTheSameWhateverTheOrderOfTheSilos()
    {
        SiloAddress[] silos = Silos(5);

        Assert.Equal(Owners(silos, 32), Owners([.. silos.Reverse()], 32));
        Assert.NotEqual(Owners(silos, 32), Enumerable.Range(0, 32).Select(k => ShardSpread.OwnerOf(silos, Kind + 1, k, 32)));
    }

    [Fact]
    public void Newcomer_TakesItsShareAndLittleElseMoves()
    {
        SiloAddress[] silos = Silos(8);
        int moved = 0;
        int toNewcomer = 0;
        for (int n = 1; n < silos.Length; n++)
        {
            SiloAddress[] before = Owners(silos[..n], 64);
            SiloAddress[] after = Owners(silos[..(n + 1)], 64);
            moved += before.Zip(after).Count(p => !p.First.Equals(p.Second));
            toNewcomer += after.Count(o => o.Equals(silos[n]));
        }

        Assert.True(toNewcomer >= Enumerable.Range(2, 7).Sum(n => 64 / n) - 7, $"newcomers have {toNewcomer}");
        Assert.True(moved < 2 * toNewcomer, $"{moved} moved so that newcomers have {toNewcomer}");
    }

    [Fact]
    public void Key_ThatIsNotOneOfThem_HasASiloToo()
    {
        SiloAddress[] silos = Silos(3);

        Assert.Contains(ShardSpread.OwnerOf(silos, Kind, 1_000_000_007, 8), silos);
    }

    private static SiloAddress[] Owners(SiloAddress[] silos, int shards) => [.. Enumerable.Range(0, shards).Select(k => ShardSpread.OwnerOf(silos, Kind, k, shards))];

    private static SiloAddress[] Silos(int count) => [.. Enumerable.Range(0, count).Select(i => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 10_000 + i), 100 + i))];
}
