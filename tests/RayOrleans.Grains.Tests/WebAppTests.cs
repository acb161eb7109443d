using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace RayOrleans.Grains.Tests;

[Collection("silo")]
public sealed class WebAppTests
{
    [Fact]
    public async Task MinimalApi_WithInjectedRay_AnswersWithARemoteResult()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.AddRayOrleansClient(o => o.ObjectStoreBytes = 64 << 20);
        await using WebApplication app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapGet("/sum/{a}/{b}", async (int a, int b, IRay ray) => await ray.Remote(Add, a, b));
        await app.StartAsync();
        using HttpClient client = new();

        string sum = await client.GetStringAsync($"{app.Urls.First()}/sum/20/22");

        Assert.Equal(42, int.Parse(sum, CultureInfo.InvariantCulture));
        await app.StopAsync();
    }

    private static int Add(int a, int b) => a + b;
}
