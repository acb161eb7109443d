namespace RayOrleans.Core.Tests.Resources;

public sealed class ResourceLedgerTests
{
    private const long One = ResourceAmount.One;

    [Fact]
    public void Fractions_ThreeThirdsOfTenThousandths_FillExactly()
    {
        ResourceLedger ledger = new(new ResourceShape(One));
        ResourceShape third = new(3_333);
        ledger.Acquire(third);
        ledger.Acquire(third);
        ledger.Acquire(third);

        Assert.Equal(1, ledger.FreeCpu);
        Assert.False(ledger.Fits(new ResourceShape(2)));
        Assert.True(ledger.Fits(new ResourceShape(1)));
        for (int i = 0; i < 3; i++)
        {
            ledger.Release(third, null);
        }

        Assert.Equal(One, ledger.FreeCpu);
    }

    [Fact]
    public void Gpus_Whole_AreDifferentDevices()
    {
        ResourceLedger ledger = new(new ResourceShape(0, 4 * One));
        int[] two = ledger.Acquire(new ResourceShape(0, 2 * One))!;
        int[] one = ledger.Acquire(new ResourceShape(0, One))!;

        Assert.Equal(3, two.Concat(one).Distinct().Count());
        Assert.False(ledger.Fits(new ResourceShape(0, 2 * One)));
        Assert.True(ledger.Fits(new ResourceShape(0, One)));
    }

    [Fact]
    public void Gpus_Shares_TakeTheBestFit()
    {
        ResourceLedger ledger = new(new ResourceShape(0, 3 * One));
        int first = Assert.Single(ledger.Acquire(new ResourceShape(0, One / 2))!);
        int second = Assert.Single(ledger.Acquire(new ResourceShape(0, One / 4))!);
        int third = Assert.Single(ledger.Acquire(new ResourceShape(0, One / 2))!);
        int fourth = Assert.Single(ledger.Acquire(new ResourceShape(0, One / 4))!);

        Assert.Equal(first, second);
        Assert.NotEqual(first, third);
        Assert.Equal(first, fourth);
        Assert.True(ledger.Fits(new ResourceShape(0, One)));
        Assert.False(ledger.Fits(new ResourceShape(0, 2 * One)));
    }

    [Fact]
    public void Gpus_FreeShareSpreadOverDevices_IsNoWholeDevice()
    {
        ResourceLedger ledger = new(new ResourceShape(0, 2 * One));
        ledger.Acquire(new ResourceShape(0, 6_000));
        ledger.Acquire(new ResourceShape(0, 6_000));

        Assert.False(ledger.Fits(new ResourceShape(0, 8_000)));
        Assert.True(ledger.Fits(new ResourceShape(0, 4_000)));
    }

    [Fact]
    public void Release_AllInAnyOrder_LeavesEverythingFree()
    {
        Dictionary<string, long> custom = new() { ["tpu"] = 2 * One };
        ResourceLedger ledger = new(new ResourceShape(8 * One, 2 * One, 1000, custom));
        ResourceShape[] shapes =
        [
            new(One, One / 4, 100, new Dictionary<string, long> { ["tpu"] = One / 2 }),
            new(One / 2, One, 300),
            new(0, One / 2, 1, custom: new Dictionary<string, long> { ["tpu"] = One }),
            ResourceShape.OneCpu,
        ];
        int[]?[] granted = [.. shapes.Select(ledger.Acquire)];
        foreach (int i in (int[])[2, 0, 3, 1])
        {
            ledger.Release(shapes[i], granted[i]);
        }

        IReadOnlyDictionary<string, double> free = ledger.Free();
        Assert.Equal((8d, 2d, 1000d, 2d), (free["CPU"], free["GPU"], free["memory"], free["tpu"]));
    }

    [Fact]
    public void Cpu_ResumedAttempts_MayGoBelowZeroAndNothingStarts()
    {
        ResourceLedger ledger = new(new ResourceShape(One));
        ledger.Acquire(ResourceShape.OneCpu);
        ledger.ReleaseCpu(ResourceShape.OneCpu);
        ledger.Acquire(ResourceShape.OneCpu);
        ledger.ReacquireCpu(ResourceShape.OneCpu);

        Assert.Equal(-One, ledger.FreeCpu);
        Assert.False(ledger.Fits(new ResourceShape(1)));
        Assert.True(ledger.Fits(ResourceShape.Zero));
        Assert.Equal(0, ledger.Free()["CPU"]);
        ledger.Release(ResourceShape.OneCpu, null);
        Assert.False(ledger.Fits(new ResourceShape(1)));
    }

    [Fact]
    public void Feasible_MoreThanTotalOrUnknown_IsNot()
    {
        ResourceLedger ledger = new(new ResourceShape(2 * One, One));
        ledger.Acquire(new ResourceShape(2 * One));

        Assert.True(ledger.IsFeasible(new ResourceShape(2 * One, One)));
        Assert.False(ledger.IsFeasible(new ResourceShape(2 * One + 1)));
        Assert.False(ledger.IsFeasible(new ResourceShape(0, 0, 0, new Dictionary<string, long> { ["tpu"] = 1 })));
    }

    [Fact]
    public void HowMany_CpuOnly_CountsUpToTheLimit()
    {
        ResourceLedger ledger = new(new ResourceShape(4 * One));

        Assert.Equal(4, ledger.HowMany(ResourceShape.OneCpu, 10));
        Assert.Equal(3, ledger.HowMany(ResourceShape.OneCpu, 3));
        Assert.Equal(8, ledger.HowMany(new ResourceShape(One / 2), 100));
        Assert.Equal(100, ledger.HowMany(ResourceShape.Zero, 100));
    }
}
