using System.Reflection;

namespace RayOrleans.ObjectStore.Tests.Sharing;

public sealed class TotalsBodyTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("No space left on the device.")]
    public void Totals_ComeBackWithEveryNumber(string? error)
    {
        long next = 1;
        StoreServerTotals totals = (StoreServerTotals)Filled(typeof(StoreServerTotals), ref next, error)!;
        Assert.True(next > 40, $"only {next} numbers were made");
        Assert.Equal(totals, TotalsBody.Read(TotalsBody.ToBytes(totals)));
    }

    [Fact]
    public void LongError_IsCutBetweenCharacters()
    {
        StoreServerTotals totals = new() { Store = new StoreTotals { Spill = new SpillTotals { LastError = "x" + new string('ü', TotalsBody.MaxErrorBytes) } } };
        string read = TotalsBody.Read(TotalsBody.ToBytes(totals)).Store.Spill.LastError!;
        Assert.Equal("x" + new string('ü', (TotalsBody.MaxErrorBytes - 1) / 2), read);
    }

    [Fact]
    public void EveryShorterBody_IsRefused()
    {
        byte[] bytes = TotalsBody.ToBytes(new StoreServerTotals { Store = new StoreTotals { Spill = new SpillTotals { LastError = "no" } } });
        for (int length = 0; length < bytes.Length; length++)
            Assert.Throws<StoreProtocolException>(() => TotalsBody.Read(bytes.AsSpan(0, length)));
    }

    private static object? Filled(Type type, ref long next, string? error)
    {
        if (type == typeof(string))
            return error;
        if (type == typeof(long))
            return next++;
        if (type == typeof(int))
            return (int)next++;
        if (type == typeof(TimeSpan))
            return new TimeSpan(next++);
        object made = Activator.CreateInstance(type)!;
        foreach (PropertyInfo property in type.GetProperties().Where(p => p.CanWrite))
            property.SetValue(made, Filled(property.PropertyType, ref next, error));
        return made;
    }
}
