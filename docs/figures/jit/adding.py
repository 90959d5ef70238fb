"""What a compiled cell is made of: products, and the stages between them."""

from figures.flow import Flow
from figures.style import GREY, RED, picture


@picture(
    "jit/adding",
    "A compiled cell: product, stage, product, stage",
    "The coupled LSTM. A product makes z of h, 1 and x; a stage makes the gates, c and m; a product makes "
    "the projection of m; a stage writes h. Backward, dashed, the adjoints of the stages run in the "
    "opposite order. Only the stages are written by hand.",
)
def products_and_stages():
    flow = Flow(17, 6.6)
    boxes = (
        ("product\n[h, 1, x] W", "soft grey"),
        ("stage\ngates", "soft blue"),
        ("product\nm W_p", "soft grey"),
        ("stage\nproject", "soft blue"),
    )
    for place, (name, fill) in enumerate(boxes):
        x = 2.9 + 3.7 * place
        flow.box(x, 4.4, name, fill, width=2.8, height=1.5)
        flow.line((x + 1.4, 4.4), (x + 2.3, 4.4))
        back = name.replace("stage", "adjoint").replace("product", "products")
        flow.box(x, 1.9, back, fill, width=2.8, height=1.5)
        flow.line((x + 2.3, 1.9), (x + 1.4, 1.9), style="--", color=RED)
    flow.line((0.6, 4.4), (1.5, 4.4))
    flow.line((1.5, 1.9), (0.6, 1.9), style="--", color=RED)
    flow.text(8.5, 5.9, "written by hand: what is blue, and says stage or adjoint", size=9.5, color=GREY)
    flow.text(8.5, 0.6, "backward: dashed, to the left", size=9.5, color=RED)
    return flow.figure
