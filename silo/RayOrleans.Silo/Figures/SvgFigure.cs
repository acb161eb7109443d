using System.Globalization;
using System.Text;

namespace RayOrleans.Silo.Figures;

/// <summary>A picture of a series: stacked bars over time, and lines on a scale of their own at the right.</summary>
internal sealed class SvgFigure
{
    private const int Width = 900;
    private const int Height = 420;
    private const int Left = 70;
    private const int Right = 70;
    private const int Top = 50;
    private const int Bottom = 60;
    private const int Ticks = 5;

    private readonly List<(string Name, string Colour, double[] Values)> _bars = [];
    private readonly List<(string Name, string Colour, double[] Values)> _lines = [];

    /// <summary>What it shows.</summary>
    public required string Title { get; init; }

    /// <summary>What is from left to right.</summary>
    public required string XAxis { get; init; }

    /// <summary>What the bars are.</summary>
    public required string LeftAxis { get; init; }

    /// <summary>What the lines are.</summary>
    public required string RightAxis { get; init; }

    /// <summary>Where each bar begins; one more for the end.</summary>
    public required double[] X { get; init; }

    /// <summary>Adds a part of the bars, on top of those before it.</summary>
    public void AddBars(string name, string colour, double[] values) => _bars.Add((name, colour, values));

    /// <summary>Adds a line.</summary>
    public void AddLine(string name, string colour, double[] values) => _lines.Add((name, colour, values));

    /// <summary>The picture as a document.</summary>
    public string Draw()
    {
        StringBuilder svg = new();
        svg.AppendLine(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">");
        svg.AppendLine(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>");
        Text(svg, Width / 2, 20, Title, "middle", 15);
        double most = NiceTop(Enumerable.Range(0, X.Length - 1).Max(i => _bars.Sum(b => b.Values[i])));
        double mostRight = NiceTop(_lines.SelectMany(l => l.Values).DefaultIfEmpty(1).Max());
        DrawAxes(svg, most, mostRight);
        double[] bottoms = new double[X.Length - 1];
        foreach ((_, string colour, double[] values) in _bars)
        {
            for (int i = 0; i < values.Length; i++)
            {
                (double low, double high) = (bottoms[i], bottoms[i] += values[i]);
                svg.AppendLine(CultureInfo.InvariantCulture,
                    $"<rect x=\"{AtX(X[i]):0.##}\" y=\"{AtY(high / most):0.##}\" width=\"{AtX(X[i + 1]) - AtX(X[i]) - 0.5:0.##}\" height=\"{AtY(low / most) - AtY(high / most):0.##}\" fill=\"{colour}\"/>");
            }
        }

        foreach ((_, string colour, double[] values) in _lines)
        {
            string points = string.Join(' ', values.Select((v, i) => string.Create(CultureInfo.InvariantCulture, $"{AtX((X[i] + X[i + 1]) / 2):0.##},{AtY(v / mostRight):0.##}")));
            svg.AppendLine(CultureInfo.InvariantCulture, $"<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>");
        }

        DrawLegend(svg);
        svg.AppendLine("</svg>");
        return svg.ToString();
    }

    /// <summary>The least round number that is not below a value.</summary>
    internal static double NiceTop(double value)
    {
        if (value <= 0)
        {
            return 1;
        }

        double power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        return power * ((double[])[1, 1.5, 2, 3, 4, 5, 6, 8, 10]).First(n => n * power >= value * 0.999_999);
    }

    private static double AtY(double part) => Height - Bottom - (part * (Height - Top - Bottom));

    private static void Text(StringBuilder svg, double x, double y, string text, string anchor, int size = 12, string colour = "black", double turn = 0) =>
        svg.AppendLine(CultureInfo.InvariantCulture,
            $"<text x=\"{x:0.##}\" y=\"{y:0.##}\" text-anchor=\"{anchor}\" font-size=\"{size}\" fill=\"{colour}\" transform=\"rotate({turn:0} {x:0.##} {y:0.##})\">{System.Security.SecurityElement.Escape(text)}</text>");

    private double AtX(double x) => Left + ((x - X[0]) / (X[^1] - X[0]) * (Width - Left - Right));

    private void DrawAxes(StringBuilder svg, double most, double mostRight)
    {
        for (int i = 0; i <= Ticks; i++)
        {
            double part = (double)i / Ticks;
            svg.AppendLine(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{AtY(part):0.##}\" y2=\"{AtY(part):0.##}\" stroke=\"#ddd\"/>");
            Text(svg, Left - 6, AtY(part) + 4, (most * part).ToString("0.##", CultureInfo.InvariantCulture), "end");
            Text(svg, Width - Right + 6, AtY(part) + 4, (mostRight * part).ToString("0.##", CultureInfo.InvariantCulture), "start");
            double x = X[0] + (part * (X[^1] - X[0]));
            Text(svg, AtX(x), Height - Bottom + 16, x.ToString("0.#", CultureInfo.InvariantCulture), "middle");
        }

        Text(svg, Width / 2, Height - 25, XAxis, "middle");
        Text(svg, 18, Height / 2, LeftAxis, "middle", turn: -90);
        Text(svg, Width - 18, Height / 2, RightAxis, "middle", turn: 90);
    }

    private void DrawLegend(StringBuilder svg)
    {
        double x = Left;
        foreach ((string name, string colour, _) in _bars.Concat(_lines))
        {
            svg.AppendLine(CultureInfo.InvariantCulture, $"<rect x=\"{x:0}\" y=\"30\" width=\"12\" height=\"12\" fill=\"{colour}\"/>");
            Text(svg, x + 16, 40, name, "start");
            x += 40 + (name.Length * 7);
        }
    }
}
